import type { StarterBundle } from '@holdout/contracts';
import type { StarterBundleRecord } from '@holdout/db';

/** What anyone may know of a sample bundle. */
export function presentStarterBundle({ engine, name, digest, files }: StarterBundleRecord): StarterBundle {
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { engine, name, digest, sizeBytes, files: files.length };
}
