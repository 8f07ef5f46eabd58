import type { TestSetDiff } from '@holdout/contracts';
import type { TestSetVersionRecord } from '@holdout/db';
import { compareText } from './digest-test-set.js';

/** What differs between two versions of a test set, study by study, in the order of their names. */
export function diffTestSets(from: TestSetVersionRecord, to: TestSetVersionRecord): TestSetDiff {
  const [before, after] = [byName(from), byName(to)];
  const inBoth = [...before.keys()].filter((study) => after.has(study)).sort(compareText);
  return {
    from: from.digest,
    to: to.digest,
    added: [...after.keys()].filter((study) => !before.has(study)).sort(compareText),
    withdrawn: [...before.keys()].filter((study) => !after.has(study)).sort(compareText),
    relabelled: inBoth.flatMap((study) => [
      ...compareLabels(study, null, before.get(study)?.goldLabel, after.get(study)?.goldLabel),
      ...namesOfReaders(from, to).flatMap((reader) =>
        compareLabels(study, reader, labelBy(from, reader, study), labelBy(to, reader, study)),
      ),
    ]),
    imagesChanged: inBoth.filter((study) => picturesOf(before, study) !== picturesOf(after, study)),
  };
}

type Studies = ReadonlyMap<string, TestSetVersionRecord['studies'][number]>;

function byName({ studies }: TestSetVersionRecord): Studies {
  return new Map(studies.map((study) => [study.study, study]));
}

function namesOfReaders(...versions: readonly TestSetVersionRecord[]): string[] {
  return [...new Set(versions.flatMap(({ readers }) => readers.map(({ reader }) => reader)))].sort(compareText);
}

function labelBy({ readers }: TestSetVersionRecord, name: string, study: string): 0 | 1 | undefined {
  return readers.find(({ reader }) => reader === name)?.labels.get(study);
}

function compareLabels(study: string, reader: string | null, from: 0 | 1 | undefined, to: 0 | 1 | undefined) {
  return from === undefined || to === undefined || from === to ? [] : [{ study, reader, from, to }];
}

function picturesOf(studies: Studies, study: string): string {
  return JSON.stringify(studies.get(study)?.images.map(({ digest }) => digest));
}
