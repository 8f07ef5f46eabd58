import {
  HoldoutError,
  makeSentence,
  makeToldProblem,
  type ProblemItem,
  type Sentence,
  type TestSetEdit,
} from '@holdout/contracts';
import type { NewReader, NewStudy, TestSetVersionRecord } from '@holdout/db';
import { majorityLabels } from '@holdout/testset';

type Label = 0 | 1;

/** What a version consists of, apart from its name. */
export interface TestSetContents {
  readonly studies: readonly NewStudy[];
  readonly readers: readonly NewReader[];
  readonly goldReaders: readonly string[];
}

/**
 * Makes the contents of a new version out of an old one's. Where readers make the gold standard, their majority is
 * taken anew.
 *
 * @throws HoldoutError `test_set_invalid` with every edit that does not fit, by its place in the list
 */
export function applyEdits(version: TestSetVersionRecord, edits: readonly TestSetEdit[]): TestSetContents {
  const problems = edits.flatMap((edit, place) => findProblem(version, edits, edit, place));
  const withdrawn = new Set(edits.flatMap((edit) => ('withdraw' in edit ? [edit.withdraw] : [])));
  if (problems.length === 0 && withdrawn.size >= version.studies.length) {
    problems.push(makeProblem('edits', makeSentence('edits_withdraw_all', {})));
  }
  if (problems.length > 0) {
    throw new HoldoutError('test_set_invalid', { detail: problems.map(({ message }) => message).join(' '), problems });
  }
  const readers = version.readers.map(({ reader, labels }) => ({
    reader,
    labels: new Map([...labels].filter(([study]) => !withdrawn.has(study))),
  }));
  const given = new Map<string, Label>();
  for (const edit of edits) {
    if (!('relabel' in edit)) continue;
    const labels = edit.reader === undefined ? given : readers.find(({ reader }) => reader === edit.reader)?.labels;
    labels?.set(edit.relabel, edit.label);
  }
  const { goldReaders } = version;
  const voters = readers.filter(({ reader }) => goldReaders.includes(reader));
  const gold = goldReaders.length > 0 ? majorityLabels(voters) : given;
  const studies = version.studies
    .filter(({ study }) => !withdrawn.has(study))
    .map((study) => ({ ...study, goldLabel: gold.get(study.study) ?? study.goldLabel }));
  return { studies, readers, goldReaders };
}

function findProblem(
  { studies, readers, goldReaders }: TestSetVersionRecord,
  edits: readonly TestSetEdit[],
  edit: TestSetEdit,
  place: number,
): ProblemItem[] {
  const field = `edits.${place}`;
  const study = 'withdraw' in edit ? edit.withdraw : edit.relabel;
  if (!studies.some((known) => known.study === study)) {
    return [makeProblem(field, makeSentence('edit_of_no_study', { study }))];
  }
  if ('withdraw' in edit) return [];
  const { reader } = edit;
  if (edits.some((other) => 'withdraw' in other && other.withdraw === study)) {
    return [makeProblem(field, makeSentence('edit_and_withdrawal', { study }))];
  }
  if (reader === undefined && goldReaders.length > 0) {
    const words = makeSentence('edit_without_reader', { study, readers: goldReaders.join(', ') });
    return [makeProblem(field, words)];
  }
  if (reader === undefined || readers.some((known) => known.reader === reader)) return [];
  if (readers.length === 0) return [makeProblem(field, makeSentence('edit_of_readers_none', { reader }))];
  const known = readers.map((each) => each.reader).join(', ');
  return [makeProblem(field, makeSentence('edit_of_no_reader', { reader, known }))];
}

function makeProblem(field: string, words: Sentence): ProblemItem {
  return makeToldProblem('test_set_invalid', { field, words });
}
