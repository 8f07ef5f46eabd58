import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toStorageError } from '@holdout/storage';

const prefix = 'holdout-api-';
/** No request takes as long. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Makes a folder for one thing that this process works on, whose maker removes it. What lies in it may tell labels.
 *
 * @throws HoldoutError `storage_full`, `storage_unavailable`
 */
export async function makeScratchFolder(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await mkdtemp(join(directory, prefix));
  } catch (error) {
    throw toStorageError(error);
  }
}

/** Removes what processes that died have left. */
export async function removeAbandonedScratch(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > abandonedAfterMilliseconds)
      await rm(path, { recursive: true, force: true });
  }
}
