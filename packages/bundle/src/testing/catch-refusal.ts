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

/** Both ways of unpacking must come to the same. */
export async function openAndCheck(bytes: Uint8Array, limits: BundleLimits = bundleLimits): Promise<CheckedBundle> {
  const check = async (inPlaceBytes: number) =>
    await checkBundle(await openArchive(toSource(bytes), limits, { inPlaceBytes }), limits);
  const [byThread, inPlace] = await Promise.allSettled([check(0), check(Number.POSITIVE_INFINITY)]);
  const [one, other] = [describeOutcome(byThread), describeOutcome(inPlace)];
  if (one !== other) throw new Error(`Unpacked by a thread it is ${one}, in place ${other}.`);
  if (inPlace.status === 'rejected') throw inPlace.reason;
  return inPlace.value;
}

function describeOutcome(outcome: PromiseSettledResult<CheckedBundle>): string {
  if (outcome.status === 'fulfilled') return `accepted with ${outcome.value.sizeBytes} bytes`;
  return outcome.reason instanceof HoldoutError ? `refused as ${outcome.reason.code}` : String(outcome.reason);
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
