import { appendLog, type EvaluationClaim, recordProgress } from '@holdout/db';
import type { EvaluationTools } from './evaluate-submission.js';
import type { Lease } from './hold-lease.js';

const reportIntervalMilliseconds = 500;
const linesAtOnce = 1000;

/**
 * Gathers progress and log lines and writes them twice a second, one write at a time; a write that fails is dropped.
 *
 * @param stage - what progress is of; left out where only lines are written
 */
export function reportRegularly(
  { database, log }: EvaluationTools,
  claim: EvaluationClaim,
  lease: Lease,
  stage?: { readonly stage: 'checking' | 'running'; readonly imagesTotal: number },
) {
  const { evaluationId, leaseToken } = claim;
  let imagesDone = 0;
  let written = -1;
  const lines: string[] = [];
  let writing = Promise.resolve();

  const write = async () => {
    try {
      // Few at a time: while they are written, the lease can't be renewed.
      for (let batch = lines.splice(0, linesAtOnce); batch.length > 0; batch = lines.splice(0, linesAtOnce)) {
        lease.learn(await appendLog(database, { evaluationId, leaseToken, lines: batch }));
      }
      if (!stage || imagesDone === written) return;
      written = imagesDone;
      lease.learn(await recordProgress(database, { evaluationId, leaseToken, ...stage, imagesDone }));
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
