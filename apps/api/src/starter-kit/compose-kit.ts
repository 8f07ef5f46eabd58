import { createHash } from 'node:crypto';
import { measureStored, packBundle } from '@holdout/bundle';
import type { StarterKit } from '@holdout/contracts';
import { type Database, listStarterBundles, type PhaseRecord } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import { type KitFile, textFile } from './kit-file.js';
import { listBundleFiles } from './list-bundle-files.js';
import { listSample } from './list-sample.js';
import { OpenArchives } from './open-archives.js';
import { presentStarterBundle } from './present-starter-bundle.js';
import { writeReadme } from './write-readme.js';

export interface ComposedKit {
  readonly description: StarterKit;
  /** The same as long as the archive has the same bytes. */
  readonly version: string;
  /** The archive, made as it is read. */
  pack(): AsyncIterable<Uint8Array>;
}

interface KitParts {
  readonly database: Database;
  readonly storage: Storage;
  readonly scratchDirectory: string;
  /** Where the server is, as its README says it. */
  readonly publicUrl: string;
}

/**
 * The starter kit of a phase: a README, the competition's sample bundles, and the phase's public sample. It is never
 * stored: which files it has is known from the database, and each is read when its turn comes.
 */
export async function composeKit(parts: KitParts, phase: PhaseRecord, competitionTitle: string): Promise<ComposedKit> {
  const { database, storage, publicUrl } = parts;
  const bundles = await listStarterBundles(database, phase.competitionId);
  const sample = phase.sampleInKit ? await listSample(database, storage, phase.sampleVersionId) : null;
  const folder = `${phase.competition}-${phase.slug}-starter-kit`;
  const listed = {
    competition: phase.competition,
    phase: phase.slug,
    fileName: `${folder}.zip`,
    folder,
    sample: sample && { studies: sample.studies, images: sample.images },
    bundles: bundles.map((bundle) => {
      const { digest: _, ...presented } = presentStarterBundle(bundle);
      return { ...presented, folder: `bundles/${bundle.engine}` };
    }),
  };
  const readme = writeReadme({ kit: listed, phase, competitionTitle, publicUrl });
  const files = [
    textFile('README.md', readme),
    ...bundles.flatMap((bundle) => listBundleFiles(bundle)),
    ...(sample?.files ?? []),
  ].map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  return {
    description: { ...listed, sizeBytes: measureStored(files) },
    version: digestOf(files),
    pack: () => packKit(parts, files),
  };
}

/** However early its reader leaves, nothing stays open. */
async function* packKit(parts: KitParts, files: readonly KitFile[]): AsyncGenerator<Uint8Array> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const archives = new OpenArchives(parts);
  const stream = (path: string) => {
    const file = byPath.get(path);
    if (!file) throw new RangeError(`There is no ${path} in the kit.`);
    return file.read(archives);
  };
  try {
    yield* packBundle({ files, stream }, { stored: true });
  } finally {
    await archives.close();
  }
}

/** Pictures and bundles are told by their digests, and need not be read for it. */
function digestOf(files: readonly KitFile[]): string {
  const hash = createHash('sha256');
  for (const { path, sizeBytes, identity } of files) hash.update(JSON.stringify([path, sizeBytes, identity]));
  return hash.digest('hex');
}
