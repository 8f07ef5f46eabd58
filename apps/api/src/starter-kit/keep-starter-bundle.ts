import { type BundleFile, bundleLimits } from '@holdout/bundle';
import type { ResolvedManifest } from '@holdout/contracts';
import { type Database, type StarterBundleRecord, setStarterBundle } from '@holdout/db';
import type { Storage } from '@holdout/storage';

/** A bundle that was found to be good within `starterBundleLimits`. */
interface KeepStarterBundle {
  readonly competitionId: string;
  readonly actor: string;
  readonly manifest: ResolvedManifest;
  readonly files: readonly BundleFile[];
  /** The same files as `packBundle` packs them: what was sent may have a folder around it, or what a desktop left behind. */
  readonly packed: AsyncIterable<Uint8Array>;
}

/** What its files may be together: three of them and a sample stay below what a plain zip holds. */
export const starterBundleLimits = { ...bundleLimits, unpackedSizeBytes: 256 * 1024 ** 2 };

/** Makes a bundle the competition's sample of its engine. */
export async function keepStarterBundle(
  { database, storage }: { readonly database: Database; readonly storage: Storage },
  { competitionId, actor, manifest, files, packed }: KeepStarterBundle,
): Promise<StarterBundleRecord> {
  const { digest } = await storage.put(packed);
  const listed = files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const bundle = { engine: manifest.engine, name: manifest.name, digest, files: listed };
  await setStarterBundle(database, { competitionId, actor, ...bundle });
  return bundle;
}
