import { failureKindOf, HoldoutError, makeSentence } from '@holdout/contracts';
import { type EvaluationClaim, insertRunLog } from '@holdout/db';
import type { Predicted, Predictor, RunStudy } from '@holdout/runner';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';
import type { Report } from './report-regularly.js';
import { runStage } from './run-stage.js';

/**
 * Runs the bundle on the phase's own studies: on one first, so that what must fail fails early, then on all. What the
 * bundle prints is kept for organisers, and of a failure its team learns the kind, or as much as the phase tells.
 *
 * @returns what was predicted, and when its log is kept
 * @throws HoldoutError of a kind of failure, or the reason of `lease.signal`
 */
export async function runHidden(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { predictor, studies, report }: { predictor: Predictor; studies: readonly RunStudy[]; report: Report },
): Promise<{ predicted: Predicted; logKept: Promise<void> }> {
  const lines: string[] = [];
  const onLog = (line: string) => lines.push(line);
  const keep = (fault: HoldoutError | null) => keepLog(tools, claim, lines, fault);
  let ran: 'one' | 'all' = 'one';
  try {
    const first = studies.slice(0, 1);
    const predictedFirst = await predictor.run({ studies: first, signal: lease.signal, onLog });
    demandEveryStudy(predictedFirst);
    tools.log.info({ stage: 'running', ...predictedFirst.durations }, 'one study run');
    lines.push('— One study was run; now all of them. —');
    ran = 'all';
    const stage = { stage: 'running', predictor, studies, report, onLog, demand: demandEveryStudy } as const;
    const predicted = await runStage(tools, claim, lease, stage);
    return { predicted, logKept: keep(null) };
  } catch (error) {
    if (!(error instanceof HoldoutError) || lease.signal.aborted) throw error;
    await keep(error);
    if (error.fault === 'team') throw tellLittle(error, claim, ran);
    // What the bundle printed may be its cause, and belongs into no log but its own.
    throw new HoldoutError(error.code, {
      detail: 'It happened on the phase’s own images; organisers can read its log.',
    });
  }
}

function demandEveryStudy({ missing }: Predicted): void {
  const [study] = missing;
  if (study === undefined) return;
  const detail = `${missing.length} studies have no prediction, the first of them ${study}.`;
  throw new HoldoutError('predictions_missing', { detail });
}

/** A log that can't be kept loses nobody a score. */
async function keepLog(
  { database, log }: EvaluationTools,
  { evaluationId, attempts }: EvaluationClaim,
  lines: readonly string[],
  fault: HoldoutError | null,
): Promise<void> {
  const cause = fault?.cause instanceof Error ? fault.cause.message : null;
  const told = { code: fault?.code ?? null, detail: fault?.detail ?? cause };
  await insertRunLog(database, { evaluationId, attempt: attempts, ...told, log: lines.join('\n') }).catch((error) =>
    log.warn({ err: error }, 'the log of the hidden run could not be kept'),
  );
}

/**
 * What a bundle makes of the phase's own images must not reach its team in an error's words: a model can write pixels
 * into the shape of its output, or into any number that an error names.
 */
function tellLittle(error: HoldoutError, { failures }: EvaluationClaim, ran: 'one' | 'all'): HoldoutError {
  if (failures === 'failed') {
    return new HoldoutError('hidden_run_failed', { sentences: [makeSentence('hidden_untold', {})] });
  }
  const sentence = makeSentence(ran === 'one' ? 'hidden_first' : 'hidden_all', {});
  return new HoldoutError(failureKindOf(error.code), { sentences: [sentence] });
}
