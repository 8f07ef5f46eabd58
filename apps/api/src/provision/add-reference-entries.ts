import { seedOfDigest } from '@holdout/contracts';
import { type Database, listGoldLabels, listReaderLabels, upsertReferenceEntry } from '@holdout/db';
import { scoreIntervals, scorePredictions } from '@holdout/scoring';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import type { Provisioning } from './open-provisioning.js';

/**
 * Enters each reader who is not part of the gold standard as a reference: scored against it as a team is, by the
 * same function. Repeating it writes the same entries.
 *
 * @returns the readers that were entered
 * @throws HoldoutError `predictions_missing` where such a reader did not read every study.
 */
export async function addReferenceEntries(
  { database }: Pick<Provisioning, 'database'>,
  address: { readonly competition: string; readonly phase: string },
): Promise<string[]> {
  const phase = await findPhaseOrThrow(database, address);
  return await addReferenceEntriesOf(database, phase.id, phase.testSetVersionId);
}

/** The same for any version of the phase's test set. */
export async function addReferenceEntriesOf(
  database: Database,
  phaseId: string,
  testSetVersionId: string,
): Promise<string[]> {
  const version = await readVersion(database, testSetVersionId);
  const { goldReaders } = version;
  const gold = await listGoldLabels(database, testSetVersionId);
  const readings = await listReaderLabels(database, testSetVersionId);
  const readers = [...new Set(readings.map(({ reader }) => reader))].filter((reader) => !goldReaders.includes(reader));
  for (const reader of readers) {
    // A reader says normal or abnormal, never how likely.
    const predictions = readings
      .filter((reading) => reading.reader === reader)
      .map(({ study, label }) => ({ study, label, probability: null }));
    const score = scorePredictions(gold, predictions);
    const intervals = scoreIntervals(gold, predictions, { seed: seedOfDigest(version.digest) });
    await upsertReferenceEntry(database, { phaseId, testSetVersionId, kind: 'reader', name: reader, score, intervals });
  }
  return readers;
}

async function readVersion(database: Database, versionId: string) {
  return await database
    .selectFrom('testSetVersions')
    .select(['goldReaders', 'digest'])
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow();
}
