import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findBundleRoot } from '@holdout/bundle';
import { openBundlePath, unpackBundle } from '@holdout/bundle/node';
import type { Storage } from '@holdout/storage';

/**
 * Brings a submission's bundle out of storage and unpacks it into an empty folder. It was checked before it was
 * accepted; opening it checks its names and sizes again.
 *
 * @param scratch - a folder for the archive, while it is unpacked, where the storage is not on this machine's disk
 */
export async function fetchBundle(
  storage: Storage,
  { bundleDigest }: { readonly bundleDigest: string },
  directory: string,
  scratch: string,
): Promise<void> {
  const copy = join(scratch, 'bundle.archive');
  const archive = (await storage.path?.(bundleDigest)) ?? copy;
  if (archive === copy) await storage.materialise(bundleDigest, copy);
  const bundle = await openBundlePath(archive);
  try {
    await unpackBundle(findBundleRoot(bundle), directory);
  } finally {
    await bundle.close();
    await rm(copy, { force: true });
  }
}
