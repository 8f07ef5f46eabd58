import { HoldoutError } from '@holdout/contracts';
import { type EvaluationClaim, listSampleLabels, recordWarnings } from '@holdout/db';
import type { Predictor, RunStudy } from '@holdout/runner';
import { findWarnings } from '@holdout/scoring';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';
import { runStage } from './run-stage.js';

/**
 * Runs the bundle on the phase's public sample, with all that it prints shown to its team, and one study a second time.
 * What looks wrong is said before the run that counts.
 *
 * @throws HoldoutError with the bundle's fault, `check_warned` where its team wanted to be stopped by a warning, or the reason of `lease.signal`
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
  const warnings = findWarnings(predicted, again, gold);
  if (warnings.length === 0) return;
  lease.learn(await recordWarnings(tools.database, { evaluationId, leaseToken, warnings }));
  if (!claim.stopOnWarning) return;
  const detail = warnings.map(({ message }) => message).join(' ');
  throw new HoldoutError('check_warned', { detail });
}
