import type { Problem } from '@holdout/contracts';
import { ProblemError } from '../../api/problem-error.js';
import type { ReadyBundle } from './check-chosen.js';
import type { Chosen } from './read-chosen.js';

export interface CheckRequest {
  readonly chosen: Chosen;
  /** What the phase lets an archive have. */
  readonly limitBytes: number;
}

export type CheckReply =
  | { readonly ok: true; readonly bundle: ReadyBundle }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Checks what was chosen in a worker of its own, which ends with it, or with the signal.
 *
 * @throws ProblemError with every problem that the server would refuse it for
 */
export async function checkInWorker(request: CheckRequest, signal: AbortSignal): Promise<ReadyBundle> {
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' });
  try {
    const reply = await new Promise<CheckReply>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<CheckReply>) => resolve(data));
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(message || 'The check could not be started.')),
      );
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.postMessage(request);
    });
    if (reply.ok) return reply.bundle;
    throw new ProblemError(reply.problem);
  } finally {
    worker.terminate();
  }
}
