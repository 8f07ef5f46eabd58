import { stat } from 'node:fs/promises';
import { HoldoutError } from '@holdout/contracts';
import { openArchive } from '../archive/open-archive.js';
import type { BundleFiles } from '../bundle-files.js';
import { type BundleLimits, bundleLimits } from '../limits.js';
import { openFileSource } from './open-file-source.js';
import { openFolder } from './open-folder.js';

/** So much takes a few hundredths of a second, in which nothing else is done. */
const inPlaceBytes = 4 * 1024 * 1024;

/**
 * Opens what stands at a path: a folder, or an archive. Close it afterwards.
 *
 * @throws HoldoutError `archive_unreadable` where nothing is there, and all that `openArchive` throws
 */
export async function openBundlePath(
  path: string,
  limits: BundleLimits = bundleLimits,
): Promise<BundleFiles & { close(): Promise<void> }> {
  const status = await stat(path).catch((cause: unknown) => {
    throw new HoldoutError('archive_unreadable', { detail: `There is no file or folder at ${path}.`, cause });
  });
  if (status.isDirectory()) return { ...(await openFolder(path, limits)), close: async () => {} };
  const source = await openFileSource(path);
  try {
    return { ...(await openArchive(source, limits, { inPlaceBytes })), close: source.close };
  } catch (error) {
    await source.close();
    throw error;
  }
}
