import { HoldoutError, makeSentence, writeSentence } from '@holdout/contracts';
import { type EvaluationClaim, listSampleLabels, recordWarnings } from '@holdout/db';
import type { Predicted, Predictor, RunStudy } from '@holdout/runner';
import { findWarnings } from '@holdout/scoring';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';
import type { Report } from './report-regularly.js';
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
  parts: CheckParts,
): Promise<void> {
  const { predictor, sample, report } = parts;
  // Asked for while the bundle runs.
  const labels = listSampleLabels(tools.database, claim.sampleVersionId);
  labels.catch(() => {});
  const predicted = await runStage(tools, claim, lease, { stage: 'checking', predictor, studies: sample, report });
  const warn = async (again: Predicted | null) => {
    const warnings = findWarnings(predicted, again, await labels);
    if (warnings.length === 0) return warnings;
    // Warnings come after what was printed.
    await report.flush();
    const { evaluationId, leaseToken } = claim;
    lease.learn(await recordWarnings(tools.database, { evaluationId, leaseToken, warnings }));
    return warnings;
  };
  let again: Predicted;
  try {
    again = await runAgain(lease, parts);
    tools.log.info({ stage: 'checking', ...again.durations }, 'one study run');
  } catch (error) {
    // What is known already may well be why.
    if (!lease.signal.aborted) await warn(null);
    throw error;
  }
  const warnings = await warn(again);
  if (warnings.length === 0 || !claim.stopOnWarning) return;
  const detail = warnings.map(({ message }) => message).join(' ');
  const sentences = warnings.flatMap(({ sentence }) => sentence ?? []);
  throw new HoldoutError('check_warned', { detail, sentences });
}

interface CheckParts {
  readonly predictor: Predictor;
  readonly sample: readonly RunStudy[];
  readonly report: Report;
}

/** The first study by itself, as the run on hidden studies begins. */
async function runAgain(lease: Lease, { predictor, sample, report }: CheckParts): Promise<Predicted> {
  report.line('— Once more, with one study alone. —');
  try {
    return await predictor.run({ studies: sample.slice(0, 1), signal: lease.signal, onLog: report.line });
  } catch (error) {
    if (!(error instanceof HoldoutError) || error.fault !== 'team') throw error;
    const lead = makeSentence('not_alone', {});
    const detail = `${writeSentence(lead)} ${error.detail ?? ''}`.trim();
    throw new HoldoutError(error.code, { detail, sentences: [lead, ...error.sentences], problems: error.problems });
  }
}
