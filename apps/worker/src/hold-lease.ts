import type { LeaseState } from '@holdout/db';
import type { Logger } from 'pino';

type Interruption = Exclude<LeaseState, 'held'> | 'shutdown';

/** Why the work on an evaluation stops early: another worker has it, its team cancelled it, or we shut down. */
export class EvaluationInterrupted extends Error {
  override readonly name = 'EvaluationInterrupted';
  readonly why: Interruption;

  constructor(why: Interruption) {
    super(`The evaluation was interrupted: ${why}.`);
    this.why = why;
  }
}

export interface Lease {
  /** Aborts with an {@link EvaluationInterrupted} when the work must stop. */
  readonly signal: AbortSignal;
  /** Takes what a write learned of the lease. */
  learn(state: LeaseState): void;
  release(): void;
}

interface LeaseOptions {
  renew: () => Promise<LeaseState>;
  leaseSeconds: number;
  shutdown: AbortSignal;
  log: Logger;
}

/** A renewal also learns that the team has cancelled, and its bundle must end within a second of that. */
const renewMilliseconds = 500;

/**
 * Renews a lease until it is released, many times within its length, so that a slow answer of the database does not
 * lose it. A renewal that fails is tried again; when the lease has certainly expired, the work stops.
 */
export function holdLease({ renew, leaseSeconds, shutdown, log }: LeaseOptions): Lease {
  const controller = new AbortController();
  let heldUntil = performance.now() + leaseSeconds * 1000;
  let renewing = false;

  const learn = (state: LeaseState) => {
    if (state !== 'held') controller.abort(new EvaluationInterrupted(state));
  };
  const shutDown = () => controller.abort(new EvaluationInterrupted('shutdown'));
  if (shutdown.aborted) shutDown();
  shutdown.addEventListener('abort', shutDown, { once: true });

  const timer = setInterval(async () => {
    if (performance.now() > heldUntil) learn('lost');
    if (renewing) return;
    renewing = true;
    const askedAt = performance.now();
    try {
      learn(await renew());
      heldUntil = askedAt + leaseSeconds * 1000;
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed; trying again');
    } finally {
      renewing = false;
    }
  }, renewMilliseconds);

  return {
    signal: controller.signal,
    learn,
    release() {
      clearInterval(timer);
      shutdown.removeEventListener('abort', shutDown);
    },
  };
}

/**
 * What the work comes to, or the reason of `signal` as soon as that is aborted. What can't be stopped, such as a read from a
 * storage that is silent, goes on unheard: it holds no lease any more, and so writes nothing.
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stopListening = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    stopListening = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
  }
}
