import {
  appendLog,
  claimEvaluation,
  claimScoring,
  type Database,
  findSubmission,
  finishRunning,
  listGoldLabels,
  publishScore,
  recordProgress,
  startRunning,
} from '@holdout/db';
import { scoreIntervals, scorePredictions, scorerVersion } from '@holdout/scoring';

/** As the evaluating worker writes it; what must not leave is in it too. */
const provenance = {
  engine: 'onnx',
  engineVersion: 'onnxruntime-node 1.2.3',
  engineDigest: 'b'.repeat(64),
  device: 'cpu',
  threads: 2,
  batchSize: 8,
  peakMemoryBytes: 123_456_789,
};
const logLines = ['loaded the model', 'two images\nin one line'];

/** Takes a submission through its states as the workers do; `wrong` names studies that it gets wrong. */
export async function walkEvaluation(
  database: Database,
  submissionId: string,
  wrong: readonly string[] = [],
  lines: readonly string[] = logLines,
): Promise<void> {
  const submission = await findSubmission(database, submissionId);
  if (!submission) throw new Error(`No submission ${submissionId}`);
  const { evaluationId } = submission;
  const claim = await claimEvaluation(database, { evaluationId, owner: 'test', leaseSeconds: 60 });
  if (!claim) throw new Error(`Evaluation ${evaluationId} could not be claimed`);
  const { leaseToken, testSetVersionId } = claim;
  await appendLog(database, { evaluationId, leaseToken, lines });
  await startRunning(database, { evaluationId, leaseToken });
  await recordProgress(database, { evaluationId, leaseToken, stage: 'running', imagesDone: 3, imagesTotal: 8 });
  await finishRunning(database, { evaluationId, leaseToken, predictionsDigest: 'a'.repeat(64), provenance });
  const scoring = await claimScoring(database, { evaluationId, owner: 'test', leaseSeconds: 60 });
  if (!scoring) throw new Error(`Scoring ${evaluationId} could not be claimed`);
  const gold = await listGoldLabels(database, testSetVersionId);
  const predictions = gold.map(({ study, label }) => {
    const predicted: 0 | 1 = wrong.includes(study) ? (label === 1 ? 0 : 1) : label;
    return { study, label: predicted, probability: predicted === 1 ? 0.9 : 0.1 };
  });
  const score = scorePredictions(gold, predictions);
  const intervals = scoreIntervals(gold, predictions, { resamples: 100 });
  await publishScore(database, {
    evaluationId,
    leaseToken: scoring.leaseToken,
    score,
    intervals,
    scorerVersion,
    provenance: {},
  });
}
