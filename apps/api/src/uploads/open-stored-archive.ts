import type { BundleFiles } from '@holdout/bundle';
import { openBundlePath } from '@holdout/bundle/node';
import type { RouteParts } from '../app.js';
import { placeStoredFile } from './place-stored-file.js';

/**
 * Opens an archive that lies in storage, and was checked when it came. Close it afterwards.
 *
 * @throws HoldoutError with every problem of its entries
 */
export async function openStoredArchive(
  parts: Pick<RouteParts, 'storage' | 'scratchDirectory'>,
  digest: string,
): Promise<BundleFiles & { close(): Promise<void> }> {
  const { path, letGo } = await placeStoredFile(parts, digest);
  try {
    const archive = await openBundlePath(path);
    return { ...archive, close: () => archive.close().finally(letGo) };
  } catch (error) {
    await letGo();
    throw error;
  }
}
