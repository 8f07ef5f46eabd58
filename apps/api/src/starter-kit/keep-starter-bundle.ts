import { type BundleFiles, bundleLimits, findBundleRoot, packBundle } from '@holdout/bundle';
import type { ResolvedManifest } from '@holdout/contracts';
import { type Database, type StarterBundleRecord, setStarterBundle } from '@holdout/db';
import type { Storage } from '@holdout/storage';

interface KeepStarterBundle {
  readonly competitionId: string;
  readonly actor: string;
  /** As it was sent, and found to be good within `starterBundleLimits`. */
  readonly archive: BundleFiles;
  readonly manifest: ResolvedManifest;
}

/** What its files may be together: three of them and a sample stay below what a plain zip holds. */
export const starterBundleLimits = { ...bundleLimits, unpackedSizeBytes: 256 * 1024 ** 2 };

/**
 * Makes a bundle the competition's sample of its engine, once it was checked as a submission is. It is packed anew: what
 * was sent may have a folder around it, or what a desktop left behind.
 */
export async function keepStarterBundle(
  { database, storage }: { readonly database: Database; readonly storage: Storage },
  { competitionId, actor, archive, manifest }: KeepStarterBundle,
): Promise<StarterBundleRecord> {
  const files = findBundleRoot(archive);
  const { digest } = await storage.put(packBundle(files));
  const listed = files.files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const bundle = { engine: manifest.engine, name: manifest.name, digest, files: listed };
  await setStarterBundle(database, { competitionId, actor, ...bundle });
  return bundle;
}
