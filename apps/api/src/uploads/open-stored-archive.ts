import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleFiles } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';
import type { Storage } from '@holdout/storage';

/**
 * Opens an archive that lies in storage. It is read at will, from the end first, so it has to be a file: in place where
 * storage has one. Close it afterwards.
 *
 * @throws HoldoutError with every problem of its entries
 */
export async function openStoredArchive(
  storage: Storage,
  digest: string,
): Promise<BundleFiles & { close(): Promise<void> }> {
  const storedPath = await storage.path?.(digest);
  if (storedPath) return await openBundlePath(storedPath);
  const directory = await mkdtemp(join(tmpdir(), 'holdout-bundle-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const path = join(directory, 'bundle');
    await storage.materialise(digest, path);
    const archive = await openBundlePath(path);
    return { ...archive, close: () => archive.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
