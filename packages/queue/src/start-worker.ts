import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Process, RunningWorker } from './connection.js';
import type { QueueWorker, WorkOptions } from './queue.js';
import { withTimeLimit } from './time-limit.js';

type Handle = (data: unknown, signal: AbortSignal) => Promise<void>;

const defaultLockSeconds = 30;
const reconnectMilliseconds = 1_000;
/** After its jobs are done a worker has only to say so to the store, which may be away. */
const farewellMilliseconds = 3_000;
/** How often a job may outlive its worker. The leases in Postgres count too, and decide. */
const deathsPerJob = 10;

/** Starts a worker and keeps at it until the queue answers. */
export function startWorker(connection: Connection, name: string, handle: Handle, options: WorkOptions): QueueWorker {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const onError = options.onError ?? (() => {});
  const lockMilliseconds = (options.lockSeconds ?? defaultLockSeconds) * 1000;

  let paused = false;

  const process: Process = async ({ data }) => {
    // BullMQ was waiting for a job when it was told to pause, and takes that one still: it goes back, for another worker.
    if (paused) throw new Error('This worker is paused; the job goes back.');
    const work = handle(data, closing.signal);
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  };
  const make = (): RunningWorker => {
    const worker = connection.makeWorker(name, process, {
      concurrency: options.concurrency ?? 1,
      lockDuration: lockMilliseconds,
      // A dead worker's job waits for its lock to run out, and then at most this long.
      stalledInterval: Math.ceil(lockMilliseconds / 3),
      maxStalledCount: deathsPerJob,
      runRetryDelay: reconnectMilliseconds,
    });
    worker.on('error', onError);
    worker.on('failed', (_job, error) => onError(error));
    return worker;
  };

  let current: RunningWorker | undefined;
  const start = async () => {
    while (!closing.signal.aborted) {
      current = make();
      try {
        if (paused) await current.pause(true);
        await current.waitUntilReady();
        return;
      } catch (error) {
        // BullMQ remembers that the store was away when it first looked; only a new worker looks again.
        onError(error instanceof Error ? error : new Error(String(error)));
        await current.close(true).catch(() => {});
        await sleep(reconnectMilliseconds, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };
  const ready = start();

  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort(new Error('The queue’s worker is closing.'));
    const farewell = current?.close();
    await Promise.allSettled(running);
    if (!farewell) return;
    await withTimeLimit(farewell, farewellMilliseconds).catch((error) => {
      onError(error);
      // Not waited for: it has nobody to say goodbye to.
      void current?.disconnect().catch(() => {});
    });
  };
  const turn = (pause: boolean) => {
    if (paused === pause || closing.signal.aborted) return;
    paused = pause;
    // Without waiting for what is being handled. One that is still connecting is told when it is made.
    const turned = pause ? current?.pause(true) : current?.resume();
    turned?.catch((error: Error) => onError(error));
  };
  return { ready, pause: () => turn(true), resume: () => turn(false), close: () => (closed ??= close()) };
}
