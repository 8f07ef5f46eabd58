import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';
import type { Lock, Locker, RequestRelease } from '@tus/server';

interface Holder {
  readonly requestRelease: RequestRelease;
  readonly freed: Promise<void>;
  free(): void;
}

/** How long a request waits for the one before it. */
const patienceMilliseconds = 30_000;

/**
 * Lets one request at a time write to an upload. One that comes later asks the one before it to end: a sender whose
 * connection broke is back long before the server notices that the old connection is dead.
 *
 * The library's own locks, in memory, ask whether they are free as fast as the machine can.
 */
export class UploadLocks implements Locker {
  readonly #holders = new Map<string, Holder>();

  newLock(id: string): Lock {
    return {
      lock: (signal, requestRelease) => this.#lock(id, signal, requestRelease),
      unlock: async () => {
        const holder = this.#holders.get(id);
        this.#holders.delete(id);
        holder?.free();
      },
    };
  }

  async #lock(id: string, signal: AbortSignal, requestRelease: RequestRelease): Promise<void> {
    const giveUp = AbortSignal.any([signal, AbortSignal.timeout(patienceMilliseconds)]);
    for (let holder = this.#holders.get(id); holder; holder = this.#holders.get(id)) {
      await holder.requestRelease();
      await Promise.race([holder.freed, sleep(patienceMilliseconds, undefined, { signal: giveUp, ref: false })]).catch(
        () => {},
      );
      if (giveUp.aborted) throw new HoldoutError('server_busy', { retryAfterSeconds: 5 });
    }
    let free = () => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    this.#holders.set(id, { requestRelease, freed, free });
  }
}
