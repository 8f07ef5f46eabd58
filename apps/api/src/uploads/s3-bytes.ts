import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type S3Options, toS3Error } from '@holdout/storage';
import { Upload } from '@tus/server';
import type { UploadBytes } from './upload-bytes.js';
import { UploadObjects } from './upload-objects.js';

/**
 * A multipart upload of S3 for each upload, by the tus library's own store: any API process goes on with what another one
 * began. A process that dies loses of a part what was not full yet, and HEAD tells its sender so.
 *
 * @param directory - for the parts that are filled, and sent on when they are full
 */
export async function openS3Bytes(options: S3Options, directory: string): Promise<UploadBytes> {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const store = new UploadObjects(options, folder);
  const { prefix } = options;
  const keyOf = (id: string) => `${prefix}uploads/${id}`;
  return {
    // Nobody knows how much room a bucket has.
    demandRoom: async () => {},
    create: (id, sizeBytes) =>
      asStorage(store.create(new Upload({ id: keyOf(id), size: sizeBytes, offset: 0 }))).then(() => {}),
    count: async (id, sizeBytes) => await asStorage(store.count(keyOf(id), sizeBytes)),
    complete: async (id, sizeBytes) => await asStorage(store.complete(keyOf(id), sizeBytes)),
    append: (part, id, offset) => asStorage(store.write(part, keyOf(id), offset)),
    read: (id) => asStorage(store.read(keyOf(id))),
    remove: (id) => asStorage(store.remove(keyOf(id))),
    removeOthers: (listWanted, options) =>
      asStorage(
        store.removeOthers(
          `${prefix}uploads/`,
          async () => (await listWanted()).map(keyOf),
          options?.olderThanMilliseconds,
        ),
      ),
  };
}

/** The library throws what S3 or the disk said; a part whose sender broke off is no error of theirs. */
async function asStorage<T>(asked: Promise<T>): Promise<T> {
  return await asked.catch((error: unknown) => {
    const isOurs = error instanceof Error && ('$metadata' in error || 'syscall' in error || 'code' in error);
    throw isOurs ? toS3Error(error) : error;
  });
}
