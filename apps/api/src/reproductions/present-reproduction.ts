import type { Reproduction } from '@holdout/contracts';
import type { PredictionsRecord, ReproductionRecord } from '@holdout/db';
import { presentRun } from '../present-provenance.js';
import { presentReason } from '../submissions/present-submission.js';

/** What organisers see of a reproduction. */
export function presentReproduction(record: ReproductionRecord): Reproduction {
  return {
    id: record.id,
    submissionId: record.submissionId,
    evaluationId: record.evaluationId,
    testSetVersion: record.testSetDigest,
    state: record.state,
    progress: record.progress,
    reason: presentReason(record.reason),
    first: presentPredictions(record.first),
    again: presentPredictions(record.again),
    comparison: record.comparison,
  };
}

function presentPredictions({ predictionsDigest, run }: PredictionsRecord): Reproduction['first'] {
  return { predictionsDigest, run: presentRun(run) };
}
