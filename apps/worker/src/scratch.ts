import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives `work` a folder of its own, and removes the folder however the work ends. */
export async function withScratchFolder<T>(directory: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(directory, 'evaluation-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
