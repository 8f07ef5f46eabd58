import { HoldoutError, makeSentence, type TestSetChange, type TestSetEdit } from '@holdout/contracts';
import {
  type Database,
  insertTestSetVersion,
  type PhaseRecord,
  prepareTestSetChange,
  readTestSetVersion,
} from '@holdout/db';
import { majorityLabels } from '@holdout/testset';
import type { FastifyBaseLogger } from 'fastify';
import type { RouteParts } from '../app.js';
import { addReferenceEntriesOf } from '../provision/add-reference-entries.js';
import { ringEvaluations } from '../ring-evaluations.js';
import { applyEdits, type TestSetContents } from './apply-edits.js';
import { diffTestSets } from './diff-test-sets.js';
import { digestStudies } from './digest-test-set.js';

interface EditTestSet {
  readonly phase: PhaseRecord;
  readonly edits: readonly TestSetEdit[];
  readonly note: string;
  readonly actor: string;
}

/**
 * Makes a new version of a phase's test set and lets everything that is scored follow it. The board stays as it is
 * until all of that has ended, and then switches in one step; the old board stays readable.
 *
 * @throws HoldoutError `test_set_invalid` with every edit that does not fit
 */
export async function editTestSet(
  parts: RouteParts,
  { phase, edits, note, actor }: EditTestSet,
  log: FastifyBaseLogger,
): Promise<TestSetChange> {
  const { database } = parts;
  const from = await readTestSetVersion(database, phase.testSetVersionId);
  const { versionId, digest } = await writeContents(database, from.testSet, applyEdits(from, edits));
  if (digest === from.digest) {
    throw new HoldoutError('test_set_invalid', { sentences: [makeSentence('edits_change_nothing', {})] });
  }
  return await changeTestSet(parts, { phase, versionId, note, actor }, log);
}

/**
 * Makes the version whose gold standard is the majority of other readers; the same one where they are the same.
 *
 * @returns its id
 * @throws HoldoutError `test_set_invalid` where they are an even number, or one did not read every study
 */
export async function changeGoldReaders(
  database: Database,
  versionId: string,
  goldReaders: readonly string[],
): Promise<string> {
  const from = await readTestSetVersion(database, versionId);
  if ([...from.goldReaders].sort().join('\n') === [...goldReaders].sort().join('\n')) return versionId;
  const gold = majorityLabels(from.readers.filter(({ reader }) => goldReaders.includes(reader)));
  const studies = from.studies.map((study) => ({ ...study, goldLabel: gold.get(study.study) ?? study.goldLabel }));
  const made = await writeContents(database, from.testSet, { studies, readers: from.readers, goldReaders });
  return made.versionId;
}

async function writeContents(database: Database, testSet: string, contents: TestSetContents) {
  const { studies, readers, goldReaders } = contents;
  const labelled = studies.map((study) => ({ ...study, readerLabels: labelsOf(readers, study.study) }));
  const digest = digestStudies(labelled, goldReaders);
  const version = { studies, readers, goldReaders: [...goldReaders], testSet, digest };
  return { digest, versionId: await insertTestSetVersion(database, version) };
}

interface ChangeTestSet {
  readonly phase: PhaseRecord;
  readonly versionId: string;
  readonly note: string;
  readonly actor: string;
}

/** Lets a phase, and everything that is scored in it, change to another version. */
export async function changeTestSet(
  { database, queue }: RouteParts,
  { phase, versionId, note, actor }: ChangeTestSet,
  log: FastifyBaseLogger,
): Promise<TestSetChange> {
  await addReferenceEntriesOf(database, phase.id, versionId);
  const change = { phaseId: phase.id, toVersionId: versionId, actor, note };
  const { rescored, rerun } = await prepareTestSetChange(database, change);
  log.info({ phase: phase.slug, versionId, rescored, rerun }, 'test set changes');
  // The worker's reconcile rings for what is not rung here.
  const rings = rescored.map((evaluationId) => queue.enqueueScoring({ evaluationId }));
  await Promise.all(rings).catch((error: unknown) => log.warn({ err: error }, 'not all bells could be rung'));
  await ringEvaluations({ database, queue }, rerun, log);
  const from = await readTestSetVersion(database, phase.testSetVersionId);
  const diff = diffTestSets(from, await readTestSetVersion(database, versionId));
  return { diff, rescored: rescored.length, rerun: rerun.length };
}

function labelsOf(
  readers: readonly { reader: string; labels: ReadonlyMap<string, 0 | 1> }[],
  study: string,
): Record<string, 0 | 1> {
  return Object.fromEntries(
    readers.flatMap(({ reader, labels }) => {
      const label = labels.get(study);
      return label === undefined ? [] : [[reader, label]];
    }),
  );
}
