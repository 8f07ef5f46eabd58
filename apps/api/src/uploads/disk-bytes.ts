import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldoutError, showSize } from '@holdout/contracts';
import { appendDurably } from '@holdout/storage';
import { RunningHashes } from './running-hashes.js';
import type { UploadBytes } from './upload-bytes.js';

/**
 * A file for each upload, in a folder that all API processes see. Its length is how much is there, so a server that dies
 * loses nothing that it had written.
 */
export async function openDiskBytes(directory: string): Promise<UploadBytes> {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, id);
  const countBytes = async (id: string) => (await stat(pathOf(id)).catch(() => null))?.size ?? null;
  const hashes = new RunningHashes(pathOf);
  return {
    pathOf,

    async demandRoom(sizeBytes) {
      const { bavail, bsize } = await statfs(folder);
      if (sizeBytes > bavail * bsize)
        throw new HoldoutError('storage_full', { detail: `It has ${showSize(sizeBytes)}.` });
    },

    async create(id) {
      await (await open(pathOf(id), 'wx', 0o600)).close();
    },

    count: countBytes,

    async complete(id, sizeBytes) {
      // One that has more is damaged, and its end says so.
      return ((await countBytes(id)) ?? -1) >= sizeBytes;
    },

    async append(part, id, offset) {
      // What was acknowledged must still be there after a power cut. Where the disk fails, its error and not the part's
      // early end is what the library is to hear.
      const chunks = part.iterator({ destroyOnReturn: false });
      const hash = hashes.take(id, offset);
      const end = await appendDurably(pathOf(id), chunks, { start: offset, hash }).catch((error) => {
        hash?.forget();
        throw error;
      });
      // Once all its bytes were there it may have been finished, and taken from here, while they went on to the disk.
      const isHere = await stat(pathOf(id)).then(
        () => true,
        () => false,
      );
      if (hash && isHere) hashes.keep(id, hash);
      else hash?.forget();
      return end;
    },

    async digestOf(id, sizeBytes) {
      const hash = hashes.take(id, sizeBytes);
      // Who asks reads the file where it is not known, and hears then what is wrong with it.
      return hash ? await hash.digest().catch(() => null) : null;
    },

    async read(id) {
      return createReadStream(pathOf(id), { highWaterMark: 256 * 1024 });
    },

    async remove(id) {
      await rm(pathOf(id), { force: true });
      hashes.forget(id);
    },

    async removeOthers(listWanted) {
      // In this order: an upload is in the table before its file is there.
      const names = await readdir(folder);
      const wanted = new Set(await listWanted());
      for (const name of names) if (!wanted.has(name)) await rm(pathOf(name), { force: true });
    },
  };
}
