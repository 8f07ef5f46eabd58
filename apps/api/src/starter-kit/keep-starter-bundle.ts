import { type BundleFiles, bundleLimits, checkBundle, packBundle } from '@holdout/bundle';
import { type Database, type StarterBundleRecord, setStarterBundle } from '@holdout/db';
import type { Storage } from '@holdout/storage';

interface KeepStarterBundle {
  readonly competitionId: string;
  readonly actor: string;
  /** As it was sent; nothing of it has been checked but the names and sizes. */
  readonly archive: BundleFiles;
}

/** What its files may be together: three of them and a sample stay below what a plain zip holds. */
const limits = { ...bundleLimits, unpackedSizeBytes: 256 * 1024 ** 2 };

/**
 * Makes a bundle the competition's sample of its engine, once it is checked as a submission is. It is packed anew: what
 * was sent may have a folder around it, or what a desktop left behind.
 *
 * @throws HoldoutError with every problem that was found in the archive
 */
export async function keepStarterBundle(
  { database, storage }: { readonly database: Database; readonly storage: Storage },
  { competitionId, actor, archive }: KeepStarterBundle,
): Promise<StarterBundleRecord> {
  const { manifest, files } = await checkBundle(archive, limits);
  const { digest } = await storage.put(packBundle(files));
  const listed = files.files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const bundle = { engine: manifest.engine, name: manifest.name, digest, files: listed };
  await setStarterBundle(database, { competitionId, actor, ...bundle });
  return bundle;
}
