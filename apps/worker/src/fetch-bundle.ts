import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findBundleRoot } from '@holdout/bundle';
import { openBundlePath, unpackBundle } from '@holdout/bundle/node';
import type { EvaluationClaim } from '@holdout/db';
import type { Storage } from '@holdout/storage';

/**
 * Brings a submission's bundle out of storage and unpacks it into a folder of its own inside `folder`. It was checked
 * before it was accepted; opening it checks its names and sizes again.
 *
 * @returns the unpacked bundle's folder
 */
export async function fetchBundle(storage: Storage, claim: EvaluationClaim, folder: string): Promise<string> {
  const archive = join(folder, 'bundle.archive');
  const directory = join(folder, 'bundle');
  await storage.materialise(claim.bundleDigest, archive);
  await mkdir(directory);
  const bundle = await openBundlePath(archive);
  try {
    await unpackBundle(findBundleRoot(bundle), directory);
  } finally {
    await bundle.close();
  }
  return directory;
}
