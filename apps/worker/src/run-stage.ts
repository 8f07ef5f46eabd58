import { appendLog, type EvaluationClaim, recordProgress } from '@holdout/db';
import type { Predicted, Predictor, RunStudy } from '@holdout/runner';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';

interface Stage {
  stage: 'checking' | 'running';
  predictor: Predictor;
  studies: readonly RunStudy[];
  /** Receives what the bundle prints in place of the log that its team sees. */
  onLog?: (line: string) => void;
}

const reportIntervalMilliseconds = 500;
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
  { stage, predictor, studies, onLog }: Stage,
): Promise<Predicted> {
  const imagesTotal = studies.reduce((sum, { images }) => sum + images.length, 0);
  const report = reportRegularly(tools, claim, lease, stage, imagesTotal);
  const step = stage === 'running' ? Math.ceil(imagesTotal / hiddenSteps) : 1;
  try {
    const predicted = await predictor.run({
      studies,
      signal: lease.signal,
      onProgress: (done) => report.progress(done === imagesTotal ? done : Math.floor(done / step) * step),
      onLog: onLog ?? report.line,
    });
    report.progress(imagesTotal);
    tools.log.info({ stage, ...predicted.durations }, 'stage run');
    return predicted;
  } finally {
    await report.finish();
  }
}

/** Gathers progress and log lines and writes them twice a second, one write at a time; a write that fails is dropped. */
function reportRegularly(
  { database, log }: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  stage: Stage['stage'],
  imagesTotal: number,
) {
  const { evaluationId, leaseToken } = claim;
  let imagesDone = 0;
  let written = -1;
  let lines: string[] = [];
  let writing = Promise.resolve();

  const write = async () => {
    try {
      const batch = lines;
      lines = [];
      if (batch.length > 0) lease.learn(await appendLog(database, { evaluationId, leaseToken, lines: batch }));
      if (imagesDone === written) return;
      written = imagesDone;
      lease.learn(await recordProgress(database, { evaluationId, leaseToken, stage, imagesDone, imagesTotal }));
    } catch (error) {
      log.warn({ err: error }, 'progress could not be written');
    }
  };
  const flush = () => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(flush, reportIntervalMilliseconds);
  return {
    progress(done: number) {
      imagesDone = done;
    },
    line(line: string) {
      lines.push(line);
    },
    async finish() {
      clearInterval(timer);
      await flush();
    },
  };
}
