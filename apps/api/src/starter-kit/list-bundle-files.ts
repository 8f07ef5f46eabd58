import type { StarterBundleRecord } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import { openStoredArchive } from '../uploads/open-stored-archive.js';
import type { KitFile } from './kit-file.js';

/** The files of a sample bundle as a folder of the kit: whoever begins with it changes it there. */
export function listBundleFiles(storage: Storage, { engine, digest, files }: StarterBundleRecord): KitFile[] {
  return files.map(({ path, sizeBytes }) => ({
    path: `bundles/${engine}/${path}`,
    sizeBytes,
    identity: digest,
    read: () => readFromArchive(storage, digest, path),
  }));
}

/** Opened for each file, so that an archive that is left early leaves nothing open. */
async function* readFromArchive(storage: Storage, digest: string, path: string): AsyncGenerator<Uint8Array> {
  const archive = await openStoredArchive(storage, digest);
  try {
    yield* archive.stream(path);
  } finally {
    await archive.close();
  }
}
