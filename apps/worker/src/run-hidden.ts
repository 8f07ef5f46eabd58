import { failureKindOf, HoldoutError } from '@holdout/contracts';
import type { EvaluationClaim } from '@holdout/db';
import type { Predicted, Predictor, RunStudy } from '@holdout/runner';
import type { Logger } from 'pino';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';
import { runStage } from './run-stage.js';

/**
 * Runs the bundle on the phase's own studies: on one first, so that what must fail fails early, then on all. What the
 * bundle prints goes to the server's log and nowhere else, and of a failure its team learns the kind.
 *
 * @throws HoldoutError of a kind of failure, or the reason of `lease.signal`
 */
export async function runHidden(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { predictor, studies }: { predictor: Predictor; studies: readonly RunStudy[] },
): Promise<Predicted> {
  const onLog = (line: string) => tools.log.debug({ line }, 'bundle');
  try {
    const first = studies.slice(0, 1);
    demandEveryStudy(await predictor.run({ studies: first, signal: lease.signal, onLog }));
    return demandEveryStudy(await runStage(tools, claim, lease, { stage: 'running', predictor, studies, onLog }));
  } catch (error) {
    throw tellNothing(error, tools.log);
  }
}

function demandEveryStudy(predicted: Predicted): Predicted {
  const [study] = predicted.missing;
  if (study === undefined) return predicted;
  const detail = `${predicted.missing.length} studies have no prediction, the first of them ${study}.`;
  throw new HoldoutError('predictions_missing', { detail });
}

/**
 * What a bundle makes of the phase's own images must not reach its team in an error's words: a model can write pixels
 * into the shape of its output, or into any number that an error names. The kind of failure is all that is told.
 */
function tellNothing(error: unknown, log: Logger): unknown {
  if (!(error instanceof HoldoutError) || error.fault !== 'team') return error;
  log.info({ code: error.code, detail: error.detail }, 'not told to the team');
  const detail = 'It happened on the phase’s own images, of which nothing more is told; on the sample it had run.';
  return new HoldoutError(failureKindOf(error.code), { detail });
}
