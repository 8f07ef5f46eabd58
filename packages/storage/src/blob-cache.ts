import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError } from '@holdout/contracts';
import { keyOf } from './blob-names.js';
import type { Storage } from './storage.js';
import { hasCode, toStorageError } from './storage-error.js';

interface CacheOptions {
  /** Shared by the processes of this machine. */
  readonly directory: string;
  readonly limitBytes: number;
}

/** One that fetches says so every second; who was silent for so long is dead. */
const beatMilliseconds = 1000;
const deadAfterMilliseconds = 30_000;
const lookAgainMilliseconds = 50;
const abandonedAfterMilliseconds = 60 * 60 * 1000;

/**
 * Keeps blobs of a storage that is far away on this machine's disk: those that were used last, up to `limitBytes`. What
 * it materialises is a link to its file, so that what is in use stays when the cache lets go of it. Only `materialise` is
 * served from it; every file is verified by its digest each time.
 *
 * Processes share it without a lock that could stay behind: a file appears whole, by a rename, and who fetches one keeps
 * a mark young, so that others wait for it and not for a dead one.
 */
export async function cacheBlobs(storage: Storage, { directory, limitBytes }: CacheOptions): Promise<Storage> {
  const cache = new BlobCache(storage, resolve(directory), limitBytes);
  await cache.prepare();
  const { put, open: read, has, sizeBytes, list, remove, health, removeAbandoned } = storage;
  return {
    put: put.bind(storage),
    open: read.bind(storage),
    has: has.bind(storage),
    sizeBytes: sizeBytes.bind(storage),
    list: list.bind(storage),
    remove: remove.bind(storage),
    health: health.bind(storage),
    removeAbandoned: removeAbandoned.bind(storage),
    materialise: (digest, path) => cache.materialise(digest, path),
  };
}

class BlobCache {
  readonly #storage: Storage;
  readonly #blobs: string;
  readonly #fetching: string;
  readonly #limitBytes: number;
  readonly #underWay = new Map<string, Promise<void>>();
  #addedBytes = Number.POSITIVE_INFINITY;

  constructor(storage: Storage, directory: string, limitBytes: number) {
    this.#storage = storage;
    this.#blobs = join(directory, 'blobs');
    this.#fetching = join(directory, 'fetching');
    this.#limitBytes = limitBytes;
  }

  async prepare(): Promise<void> {
    await mkdir(this.#blobs, { recursive: true, mode: 0o700 });
    await mkdir(this.#fetching, { recursive: true, mode: 0o700 });
    for (const { path, usedAt } of await listFiles(this.#fetching)) {
      if (Date.now() - usedAt > abandonedAfterMilliseconds) await rm(path, { force: true });
    }
    await this.#makeRoom(this.#limitBytes);
  }

  async materialise(digest: string, path: string): Promise<void> {
    keyOf(digest);
    try {
      // Another process may let go of it between its coming and its use; that happens to nothing twice for long.
      while (!(await this.#linkTo(digest, path))) await this.#fetchOnce(digest);
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** @returns false where it is not here, or was damaged and is not here any more */
  async #linkTo(digest: string, path: string): Promise<boolean> {
    const blob = join(this.#blobs, digest);
    try {
      if (!(await isWhole(blob, digest))) {
        await rm(blob, { force: true });
        return false;
      }
      await utimes(blob, new Date(), new Date());
      await link(blob, path).catch(async (error) => {
        if (!hasCode(error, 'EXDEV', 'EPERM', 'EMLINK')) throw error;
        await copyFile(blob, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      });
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT') && !(await isThere(blob))) return false;
      throw error;
    }
  }

  /** Whoever asks for the same meanwhile, in this process, waits for the same. */
  #fetchOnce(digest: string): Promise<void> {
    const underWay = this.#underWay.get(digest);
    if (underWay) return underWay;
    const fetching = this.#fetch(digest).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, fetching);
    return fetching;
  }

  async #fetch(digest: string): Promise<void> {
    const mark = join(this.#fetching, `${digest}.mark`);
    while (!(await claim(mark))) {
      await sleep(lookAgainMilliseconds);
      if (await isThere(join(this.#blobs, digest))) return;
    }
    const beat = setInterval(() => void utimes(mark, new Date(), new Date()).catch(() => {}), beatMilliseconds);
    try {
      await this.#bring(digest).catch(async (error: unknown) => {
        if (!(error instanceof HoldoutError) || error.code !== 'storage_full') throw error;
        await this.#makeRoom(0);
        await this.#bring(digest);
      });
    } finally {
      clearInterval(beat);
      await rm(mark, { force: true });
    }
  }

  async #bring(digest: string): Promise<void> {
    const arriving = join(this.#fetching, `${digest}.${randomUUID()}`);
    try {
      await this.#storage.materialise(digest, arriving);
      const { size } = await stat(arriving);
      await rename(arriving, join(this.#blobs, digest));
      this.#addedBytes += size;
    } finally {
      await rm(arriving, { force: true });
    }
    // Looking at every file for each that comes would be slow; in between, the cache grows by a fiftieth at most.
    if (this.#addedBytes > this.#limitBytes / 50) await this.#makeRoom(this.#limitBytes, digest);
  }

  /** Lets go of what was used longest ago, until a tenth of `limitBytes` is free. */
  async #makeRoom(limitBytes: number, keep = ''): Promise<void> {
    this.#addedBytes = 0;
    const files = await listFiles(this.#blobs);
    let bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { path, sizeBytes } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= limitBytes * 0.9) return;
      if (path === join(this.#blobs, keep)) continue;
      await rm(path, { force: true });
      bytes -= sizeBytes;
    }
  }
}

/** @returns whether this process is the one to fetch now */
async function claim(mark: string): Promise<boolean> {
  try {
    await writeFile(mark, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const found = await stat(mark).catch(() => null);
  // Two that find the same dead one both fetch: twice the work, and the same file.
  if (found && Date.now() - found.mtimeMs > deadAfterMilliseconds) await rm(mark, { force: true });
  return false;
}

async function isWhole(path: string, digest: string): Promise<boolean> {
  const handle = await open(path, 'r');
  const hash = createHash('sha256');
  const bytes: Readable = handle.createReadStream({ highWaterMark: 256 * 1024 });
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex') === digest;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function listFiles(directory: string): Promise<{ path: string; sizeBytes: number; usedAt: number }[]> {
  const files: { path: string; sizeBytes: number; usedAt: number }[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found) files.push({ path, sizeBytes: found.size, usedAt: found.mtimeMs });
  }
  return files;
}
