import type { EvaluationClaim } from '@holdout/db';
import type { Predicted, Predictor, RunStudy } from '@holdout/runner';
import { traceStep } from '@holdout/telemetry';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';
import type { Report } from './report-regularly.js';

interface Stage {
  stage: 'checking' | 'running';
  predictor: Predictor;
  studies: readonly RunStudy[];
  report: Report;
  /** Receives what the bundle prints in place of the log that its team sees. */
  onLog?: (line: string) => void;
  /** Throws where what was predicted is not enough; the last step of progress is only said where it is. */
  demand?: (predicted: Predicted) => void;
}

/** Of the hidden run its team sees steps of a twentieth, so that their times and sizes can tell it nothing else. */
const hiddenSteps = 20;

/**
 * Runs the bundle on the studies of one stage and says how far it is.
 *
 * @throws HoldoutError with the bundle's fault, or the reason of `lease.signal`
 */
export async function runStage(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { stage, predictor, studies, report, onLog, demand }: Stage,
): Promise<Predicted> {
  const imagesTotal = studies.reduce((sum, { images }) => sum + images.length, 0);
  report.begin({ stage, imagesTotal });
  const step = stage === 'running' ? Math.ceil(imagesTotal / hiddenSteps) : 1;
  const { engine } = claim.manifest;
  const { evaluationId } = claim;
  const startedAt = performance.now();
  const predicted = await traceStep({ evaluationId, step: stage, attributes: { engine, imagesTotal } }, () =>
    predictor.run({
      studies,
      signal: lease.signal,
      onProgress: (done) => report.progress(done === imagesTotal && !demand ? done : Math.floor(done / step) * step),
      onLog: onLog ?? report.line,
    }),
  );
  tools.meter.ran(stage, engine, (performance.now() - startedAt) / 1000);
  demand?.(predicted);
  report.progress(imagesTotal);
  tools.log.info({ stage, ...predicted.durations }, 'stage run');
  return predicted;
}
