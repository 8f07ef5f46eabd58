/** What only one window of a browser has at a time: who has it sends. */
export interface UploadLock {
  release(): void;
}

/** @returns null where another window has it */
export async function tryLock(key: string): Promise<UploadLock | null> {
  return await hold(key, { ifAvailable: true });
}

/** Waits until the window that has it lets go, or is closed. @throws AbortError where the signal ends the waiting */
export async function waitForLock(key: string, signal: AbortSignal): Promise<UploadLock> {
  return (await hold(key, { signal })) ?? everybodys;
}

/** A browser gives locks to pages that came by https, or from this machine; without them each window sends as it likes. */
const everybodys: UploadLock = { release: () => undefined };

function hold(key: string, options: LockOptions): Promise<UploadLock | null> {
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return Promise.resolve(everybodys);
  return new Promise((resolve, reject) => {
    const held = locks.request(`holdout/upload/${key}`, options, (lock) => {
      if (lock === null) return resolve(null);
      return new Promise<void>((release) => resolve({ release }));
    });
    held.catch(reject);
  });
}
