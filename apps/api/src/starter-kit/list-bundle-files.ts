import type { StarterBundleRecord } from '@holdout/db';
import type { KitFile } from './kit-file.js';
import type { OpenArchives } from './open-archives.js';

/** The files of a sample bundle as a folder of the kit: whoever begins with it changes it there. */
export function listBundleFiles({ engine, digest, files }: StarterBundleRecord): KitFile[] {
  return files.map(({ path, sizeBytes }) => ({
    path: `bundles/${engine}/${path}`,
    sizeBytes,
    identity: digest,
    read: (archives) => readFromArchive(archives, digest, path),
  }));
}

async function* readFromArchive(archives: OpenArchives, digest: string, path: string): AsyncGenerator<Uint8Array> {
  const archive = await archives.open(digest);
  yield* archive.stream(path);
}
