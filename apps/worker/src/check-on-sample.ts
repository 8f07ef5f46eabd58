import { appendLog, type EvaluationClaim, listSampleLabels } from '@holdout/db';
import type { Predictor, RunStudy } from '@holdout/runner';
import type { EvaluationTools } from './evaluate-submission.js';
import { findWarnings } from './find-warnings.js';
import type { Lease } from './hold-lease.js';
import { runStage } from './run-stage.js';

/**
 * Runs the bundle on the phase's public sample, with all that it prints shown to its team, and one study a second time.
 * What looks wrong is said before the run that counts.
 *
 * @throws HoldoutError with the bundle's fault, or the reason of `lease.signal`
 */
export async function checkOnSample(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { predictor, sample }: { predictor: Predictor; sample: readonly RunStudy[] },
): Promise<void> {
  const predicted = await runStage(tools, claim, lease, { stage: 'checking', predictor, studies: sample });
  const again = await predictor.run({ studies: sample.slice(0, 1), signal: lease.signal });
  const gold = await listSampleLabels(tools.database, claim.sampleVersionId);
  const { evaluationId, leaseToken } = claim;
  const lines = findWarnings(predicted, again, gold).map(({ message }) => `Warning: ${message}`);
  if (lines.length > 0) lease.learn(await appendLog(tools.database, { evaluationId, leaseToken, lines }));
}
