import {
  constants,
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { digestOf, keyOf, missing } from './blob-names.js';
import { publishMarked, type RemovalMarks, removeMarked } from './removals.js';
import type { AdoptOptions, ListedBlob, PutOptions, Storage, StoredBlob } from './storage.js';
import { hasCode, toStorageError } from './storage-error.js';
import { tooLarge, UnfinishedFiles, wrongLength } from './unfinished-files.js';
import { hashFile, VerifiedFiles } from './verified-files.js';
import { verifyingStream } from './verifying-stream.js';

/**
 * Storage in a folder of this machine, or of a disk that several share: `blobs/ab/cdef…`, `unfinished/` for what
 * is being written, and `removing/` for the marks of `removals.ts`. Several processes may use the same folder.
 */
export async function createDiskStorage({ directory }: { directory: string }): Promise<Storage> {
  const storage = new DiskStorage(resolve(directory));
  await storage.prepare();
  return storage;
}

class DiskStorage implements Storage {
  readonly #directory: string;
  readonly #blobs: string;
  readonly #unfinished: UnfinishedFiles;
  readonly #marks: RemovalMarks;
  readonly #verified = new VerifiedFiles();

  constructor(directory: string) {
    this.#directory = directory;
    this.#blobs = join(directory, 'blobs');
    this.#unfinished = new UnfinishedFiles(join(directory, 'unfinished'));
    this.#marks = marksIn(join(directory, 'removing'));
  }

  async prepare(): Promise<void> {
    try {
      // Hidden images lie in here: nobody else on the machine has business with them.
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await mkdir(this.#blobs, { recursive: true });
      await mkdir(join(this.#directory, 'removing'), { recursive: true });
      await this.#unfinished.prepare();
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async put(
    source: AsyncIterable<Uint8Array>,
    { limitBytes = Number.POSITIVE_INFINITY, sizeBytes }: PutOptions = {},
  ): Promise<StoredBlob> {
    const options = { limitBytes, sizeBytes, durable: true };
    const blob = await this.#unfinished.with(source, options, async (path, { digest }) => {
      await this.#publishMarked(path, digest).catch((error) => {
        throw toStorageError(error);
      });
    });
    await this.#learn(blob.digest);
    return blob;
  }

  async adopt(path: string, { digest: known = '', ...options }: AdoptOptions = {}): Promise<StoredBlob> {
    const { limitBytes = Number.POSITIVE_INFINITY } = options;
    const handle = await open(path, 'r').catch((error) => {
      throw toStorageError(error);
    });
    try {
      const { size: sizeBytes } = await handle.stat();
      const { sizeBytes: wantedBytes = sizeBytes } = options;
      if (sizeBytes !== wantedBytes) throw wrongLength(wantedBytes, sizeBytes);
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      const digest = known || (await hashFile(handle));
      await handle.chmod(0o444);
      // It is as young as if it had been put now: `remove` goes by this.
      await handle.utimes(new Date(), new Date());
      await handle.sync();
      await this.#publishMarked(path, digest);
      await this.#learn(digest);
      return { digest, sizeBytes };
    } catch (error) {
      if (!hasCode(error, 'EXDEV')) throw toStorageError(error);
      return await this.put(handle.createReadStream({ autoClose: false, start: 0 }), options);
    } finally {
      await handle.close();
    }
  }

  async open(digest: string): Promise<Readable> {
    const handle = await this.#openBlob(digest);
    return verifyingStream(handle.createReadStream({ highWaterMark: 256 * 1024 }), digest);
  }

  async path(digest: string): Promise<string> {
    const path = this.#pathOf(digest);
    const handle = await this.#openBlob(digest);
    try {
      await this.#verified.check(digest, handle);
    } catch (error) {
      throw toStorageError(error);
    } finally {
      await handle.close();
    }
    return path;
  }

  /** A copy: whoever gets it could write to a link, and through it to the blob. */
  async materialise(digest: string, path: string): Promise<void> {
    const blob = await this.path(digest);
    try {
      await copyFile(blob, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async room(): Promise<{ freeBytes: number; sizeBytes: number }> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#blobs);
      return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#find(digest)) !== null;
  }

  async sizeBytes(digest: string): Promise<number> {
    const found = await this.#find(digest);
    if (!found) throw missing(digest);
    return found.size;
  }

  async health(): Promise<void> {
    try {
      await this.#unfinished.health();
      // They may lie on a disk of their own.
      await (await opendir(this.#blobs)).close();
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async removeAbandoned({ olderThanMilliseconds }: { olderThanMilliseconds?: number } = {}): Promise<void> {
    await this.#unfinished.removeAbandoned(olderThanMilliseconds).catch((error) => {
      throw toStorageError(error);
    });
  }

  async *list({ after = '' } = {}): AsyncGenerator<ListedBlob> {
    for (const folder of await this.#readFolder('')) {
      if (folder < after.slice(0, 2)) continue;
      for (const name of await this.#readFolder(folder)) {
        const digest = digestOf(`${folder}/${name}`);
        if (digest === null || digest <= after) continue;
        // One that is removed meanwhile is not there.
        const found = await this.#find(digest);
        if (found) yield { digest, sizeBytes: found.size, putAt: found.mtime };
      }
    }
  }

  async remove(digest: string, { unlessPutSince }: { unlessPutSince: Date }): Promise<boolean> {
    const path = this.#pathOf(digest);
    const wasPutAt = async () => (await this.#find(digest))?.mtime ?? null;
    try {
      return await removeMarked(this.#marks, digest, { wasPutAt, unlessPutSince, remove: () => rm(path) });
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Its last name was given or taken before: that is a change to a file, too. One that is gone again is nobody's error. */
  async #learn(digest: string): Promise<void> {
    const handle = await open(this.#pathOf(digest), 'r').catch(() => null);
    if (!handle) return;
    await this.#verified.learn(digest, handle).finally(() => handle.close());
  }

  async #publishMarked(path: string, digest: string): Promise<void> {
    const [publish, has] = [() => this.#publish(path, digest), () => this.has(digest)];
    await publishMarked(this.#marks, digest, { publish, has });
  }

  /** Over a blob that is there already: its content is the same, or it was damaged and is whole again. */
  async #publish(unfinished: string, digest: string): Promise<void> {
    const path = this.#pathOf(digest);
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true });
    const second = this.#unfinished.newPath();
    await link(unfinished, second);
    await rename(second, path);
    // Nothing was renamed where both names were the same file's.
    await rm(second, { force: true });
    await syncFolder(folder);
    if (made) await syncFolder(this.#blobs);
  }

  async #readFolder(name: string): Promise<string[]> {
    try {
      return (await readdir(join(this.#blobs, name))).sort();
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async #openBlob(digest: string): Promise<FileHandle> {
    const path = this.#pathOf(digest);
    try {
      return await open(path, 'r');
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? missing(digest) : toStorageError(error);
    }
  }

  async #find(digest: string): Promise<{ size: number; mtime: Date } | null> {
    const path = this.#pathOf(digest);
    try {
      return await stat(path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw toStorageError(error);
    }
  }

  #pathOf(digest: string): string {
    return join(this.#blobs, keyOf(digest));
  }
}

function marksIn(directory: string): RemovalMarks {
  return {
    set: (digest) => writeFile(join(directory, digest), ''),
    setAt: (digest) =>
      stat(join(directory, digest)).then(
        ({ mtime }) => mtime,
        (error) => {
          if (hasCode(error, 'ENOENT')) return null;
          throw error;
        },
      ),
    clear: (digest) => rm(join(directory, digest), { force: true }),
  };
}

/** Makes the names in a folder survive a power cut, as `fsync` does for a file's bytes. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
