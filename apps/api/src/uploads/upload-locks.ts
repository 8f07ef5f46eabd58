import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';
import { type Database, freeUploadLock, keepUploadLock, takeUploadLock } from '@holdout/db';
import type { Lock, Locker, RequestRelease } from '@tus/server';

/** How long a request waits for the one before it. */
const patienceMilliseconds = 30_000;
const lookAgainMilliseconds = 200;
/** A process that died holds a lock for so long; one that lives says so each second. */
const leaseSeconds = 10;
const renewMilliseconds = 1000;
/** What a request that gives up takes until it writes nothing any more: all of it is within the lease. */
const endingMilliseconds = 2000;

/**
 * Lets one request at a time write to an upload, whichever API process it came to. One that comes later asks the one
 * before it to end: a sender whose connection broke is back long before the server notices that the old connection is
 * dead. Postgres says who holds an upload, so the locks end with the process that has them.
 */
export class UploadLocks implements Locker {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  newLock(uploadId: string): Lock {
    const lock = { uploadId, owner: randomUUID() };
    let renewing: NodeJS.Timeout | undefined;
    return {
      lock: async (signal, requestRelease) => {
        const takenAt = await this.#take(lock, signal);
        renewing = this.#keep(lock, takenAt, requestRelease);
      },
      unlock: async () => {
        clearInterval(renewing);
        // One that can't be freed now is free when its time is over.
        await freeUploadLock(this.#database, lock).catch(() => {});
      },
    };
  }

  /** @returns when it was asked for, at the latest: the lease is no younger */
  async #take(lock: { uploadId: string; owner: string }, signal: AbortSignal): Promise<number> {
    const giveUpAt = performance.now() + patienceMilliseconds;
    for (;;) {
      const askedAt = performance.now();
      if ((await takeUploadLock(this.#database, { ...lock, seconds: leaseSeconds })) !== 'held') return askedAt;
      if (signal.aborted || performance.now() > giveUpAt)
        throw new HoldoutError('server_busy', { retryAfterSeconds: 5 });
      await sleep(lookAgainMilliseconds);
    }
  }

  /** Where Postgres is away for longer than the lease, another one may have it: also where it only does not answer. */
  #keep(lock: { uploadId: string; owner: string }, takenAt: number, requestRelease: RequestRelease): NodeJS.Timeout {
    let keptAt = takenAt;
    let asking = false;
    const renew = async () => {
      if (performance.now() - keptAt > leaseSeconds * 1000 - endingMilliseconds) await requestRelease();
      if (asking) return;
      asking = true;
      const askedAt = performance.now();
      const told = await keepUploadLock(this.#database, { ...lock, seconds: leaseSeconds }).catch(() => null);
      asking = false;
      if (told === 'keep') keptAt = askedAt;
      if (told === 'give up') await requestRelease();
    };
    return setInterval(() => void renew(), renewMilliseconds);
  }
}
