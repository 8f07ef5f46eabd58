import { mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Tells whose a folder is: of which machine or container, and of which process there. */
const ourPrefix = `evaluation-${hostname()}-`;

/** Gives `work` a folder of its own, and removes the folder however the work ends. */
export async function withScratchFolder<T>(directory: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeScratchFolder(directory);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes a folder like that, for whoever removes it by itself. At once: to ask a thread for it takes several times as long. */
export function makeScratchFolder(directory: string): string {
  return mkdtempSync(join(directory, `${ourPrefix}${process.pid}-`));
}

/** Removes what killed workers of this machine left behind. */
export async function removeAbandonedScratch(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = name.startsWith(ourPrefix) ? Number.parseInt(name.slice(ourPrefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || (pid !== process.pid && isAlive(pid))) continue;
    await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
