import { HoldoutError } from '@holdout/contracts';
import { openArchive } from '../archive/open-archive.js';
import type { ByteSource } from '../byte-source.js';
import { type CheckedBundle, checkBundle } from '../check-bundle.js';
import { type BundleLimits, bundleLimits } from '../limits.js';

/** Bytes in memory as a source. */
export function toSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
  };
}

export async function openAndCheck(bytes: Uint8Array, limits: BundleLimits = bundleLimits): Promise<CheckedBundle> {
  return await checkBundle(await openArchive(toSource(bytes), limits), limits);
}

/** The refusal of an archive. Anything else than a refusal, also success, is an error of the test. */
export async function catchRefusal(bytes: Uint8Array, limits: BundleLimits = bundleLimits): Promise<HoldoutError> {
  try {
    await openAndCheck(bytes, limits);
  } catch (error) {
    if (error instanceof HoldoutError) return error;
    throw error;
  }
  throw new Error('The archive was accepted.');
}
