import { appendLog, type EvaluationClaim, type LeaseState, recordProgress } from '@holdout/db';
import type { RunningModel, RunResult } from '@holdout/runner';
import type { EvaluationTools } from './evaluate-submission.js';
import type { FetchedStudies } from './fetch-studies.js';

interface Stage {
  stage: 'checking' | 'running';
  model: RunningModel;
  studies: FetchedStudies;
}

interface Lease {
  readonly signal: AbortSignal;
  learn(state: LeaseState): void;
}

const reportIntervalMilliseconds = 500;

/**
 * Runs the bundle's model on the studies of one stage and says how far it is. Its log lines are kept in the check only:
 * of the run on the phase's own images its team sees nothing but progress.
 *
 * @throws HoldoutError with the bundle's fault, or the reason of `lease.signal`
 */
export async function runStage(
  tools: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  { stage, model, studies }: Stage,
): Promise<RunResult> {
  const report = reportRegularly(tools, claim, lease, stage, studies.images.length);
  try {
    const result = await model.run({
      images: studies.images,
      timeLimitSeconds: claim.limits.timeLimitSeconds,
      signal: lease.signal,
      onProgress: report.progress,
      onLog: stage === 'checking' ? report.line : (line) => tools.log.debug({ line }, 'bundle'),
    });
    tools.log.info({ stage, ...result.durations, peakMemoryBytes: result.peakMemoryBytes }, 'stage run');
    return result;
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
