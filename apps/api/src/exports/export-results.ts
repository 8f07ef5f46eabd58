import { type Database, listReaderLabels, type PhaseRecord, readLeaderboard, readTestSetVersion } from '@holdout/db';
import { readPredictions, type Storage } from '@holdout/storage';
import type { Row } from './write-rows.js';

/** The columns of `exportResults`, in their order. */
export const resultColumns = [
  ...['kind', 'team', 'name', 'submissionId'],
  ...['study', 'source', 'studyType', 'patient', 'goldLabel', 'label', 'probability', 'right'],
] as const;

/** What every entry of the present board said of every study, beside the gold standard: for organisers alone. */
export async function* exportResults(
  { database, storage }: { database: Database; storage: Storage },
  { id, testSetVersionId }: PhaseRecord,
): AsyncGenerator<Row> {
  const { studies } = await readTestSetVersion(database, testSetVersionId);
  const readings = await listReaderLabels(database, testSetVersionId);
  const { entries } = await readLeaderboard(database, id, testSetVersionId);
  for (const { kind, team, name, submissionId, predictionsDigest } of entries) {
    const said = predictionsDigest
      ? (await readPredictions(storage, predictionsDigest)).studies
      : readings.filter(({ reader }) => reader === name).map((reading) => ({ ...reading, probability: null }));
    const byStudy = new Map(said.map((each) => [each.study, each]));
    for (const { study, source, studyType, patient, goldLabel } of studies) {
      const found = byStudy.get(study);
      yield {
        ...{ kind, team, name, submissionId },
        ...{ study, source: source?.study ?? null, studyType, patient: source?.patient ?? patient, goldLabel },
        label: found?.label ?? null,
        probability: found?.probability ?? null,
        right: found ? found.label === goldLabel : null,
      };
    }
  }
}
