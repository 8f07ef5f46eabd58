import type { PredictionComparison, Progress, SubmissionState } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { type ReasonRecord, toReason } from './reasons.js';
import { toProgress } from './submissions.js';

/** Predictions, and how they came about; null while they are not there. */
export interface PredictionsRecord {
  predictionsDigest: string | null;
  run: Provenance | null;
}

export interface ReproductionRecord {
  id: string;
  submissionId: string;
  competitionId: string;
  /** What it reproduces. */
  evaluationId: string;
  testSetDigest: string;
  state: SubmissionState;
  progress: Progress | null;
  reason: ReasonRecord | null;
  first: PredictionsRecord;
  again: PredictionsRecord;
  comparison: PredictionComparison | null;
}

/** A reproduction with what it reproduces; null where the id is not of one. */
export async function findReproduction(db: Queryable, id: string): Promise<ReproductionRecord | null> {
  const row = await db
    .selectFrom('evaluations as again')
    .innerJoin('evaluations as first', 'first.id', 'again.reproduces')
    .innerJoin('submissions', 'submissions.id', 'again.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'again.testSetVersionId')
    .selectAll('again')
    .select([
      'phases.competitionId',
      'first.id as evaluationId',
      'first.predictionsDigest as firstDigest',
      'first.provenance as firstRun',
      'testSetVersions.digest as testSetDigest',
    ])
    .where('again.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { submissionId, competitionId, evaluationId, testSetDigest, state, comparison } = row;
  return {
    id,
    submissionId,
    competitionId,
    evaluationId,
    testSetDigest,
    state,
    progress: toProgress(row),
    reason: toReason(row),
    first: { predictionsDigest: row.firstDigest, run: row.firstRun },
    again: { predictionsDigest: row.predictionsDigest, run: row.provenance },
    comparison,
  };
}
