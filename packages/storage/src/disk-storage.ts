import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';
import type { Storage, StoredBlob } from './storage.js';
import { hasCode, toStorageError } from './storage-error.js';
import { VerifiedFiles } from './verified-files.js';
import { verifyingStream } from './verifying-stream.js';

/** Temporary files of a process that died are removed after this time; no upload takes longer. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;
const digestPattern = /^[0-9a-f]{64}$/;

/**
 * Storage in a folder of this machine, or of a disk that several share: `blobs/ab/cdef…`, and `unfinished/` for what
 * is being written. Several processes may use the same folder.
 */
export async function createDiskStorage({ directory }: { directory: string }): Promise<Storage> {
  const storage = new DiskStorage(resolve(directory));
  await storage.prepare();
  return storage;
}

class DiskStorage implements Storage {
  readonly #directory: string;
  readonly #blobs: string;
  readonly #unfinished: string;
  readonly #verified = new VerifiedFiles();

  constructor(directory: string) {
    this.#directory = directory;
    this.#blobs = join(directory, 'blobs');
    this.#unfinished = join(directory, 'unfinished');
  }

  async prepare(): Promise<void> {
    try {
      // Hidden images lie in here: nobody else on the machine has business with them.
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await mkdir(this.#blobs, { recursive: true });
      await mkdir(this.#unfinished, { recursive: true });
      for (const name of await readdir(this.#unfinished)) {
        const path = join(this.#unfinished, name);
        const found = await stat(path).catch(() => null);
        if (found && Date.now() - found.mtimeMs > abandonedAfterMilliseconds) await rm(path, { force: true });
      }
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async put(source: AsyncIterable<Uint8Array>, { limitBytes = Number.POSITIVE_INFINITY } = {}): Promise<StoredBlob> {
    const path = join(this.#unfinished, randomUUID());
    const chunks = keepAlive(source);
    try {
      const blob = await this.#write(path, chunks, limitBytes);
      await this.#publish(path, blob.digest);
      return blob;
    } catch (error) {
      await rm(path, { force: true }).catch(() => {});
      throw error;
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
    const path = join(this.#unfinished, randomUUID());
    try {
      const handle = await open(path, 'wx');
      await handle.close();
      await rm(path);
      const { bavail } = await statfs(this.#blobs);
      if (bavail === 0) throw new HoldoutError('storage_full');
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async #write(path: string, chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<StoredBlob> {
    const handle = await open(path, 'wx', 0o444).catch((error) => {
      throw toStorageError(error);
    });
    try {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of chunks) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > limitBytes) {
          throw new HoldoutError('upload_too_large', { detail: `It may have ${limitBytes} bytes.` });
        }
        hash.update(chunk);
        await writeAll(handle, chunk);
      }
      // The name must never point to bytes that a power cut takes back.
      await handle.sync().catch((error) => {
        throw toStorageError(error);
      });
      return { digest: hash.digest('hex'), sizeBytes };
    } finally {
      await handle.close();
    }
  }

  /** Over a blob that is there already: its content is the same, or it was damaged and is whole again. */
  async #publish(unfinished: string, digest: string): Promise<void> {
    const path = this.#pathOf(digest);
    const folder = dirname(path);
    try {
      const made = await mkdir(folder, { recursive: true });
      await rename(unfinished, path);
      await syncFolder(folder);
      if (made) await syncFolder(this.#blobs);
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

  async #find(digest: string): Promise<{ size: number } | null> {
    const path = this.#pathOf(digest);
    try {
      return await stat(path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw toStorageError(error);
    }
  }

  #pathOf(digest: string): string {
    if (!digestPattern.test(digest)) throw new TypeError(`Not a sha256 in lower-case hexadecimal: ${digest}`);
    return join(this.#blobs, digest.slice(0, 2), digest.slice(2));
  }
}

/**
 * Leaving a stream early would destroy it, and with an upload the connection that the refusal is sent on.
 * One that breaks before it is read, or after it was left, has nobody else who hears its error.
 */
function keepAlive(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (!(source instanceof Readable)) return source;
  source.on('error', () => {});
  return source.iterator({ destroyOnReturn: false });
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < chunk.byteLength; ) {
      written += (await handle.write(chunk, written)).bytesWritten;
    }
  } catch (error) {
    throw toStorageError(error);
  }
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

function missing(digest: string): HoldoutError {
  return new HoldoutError('storage_damaged', { detail: `Blob ${digest} is missing.` });
}
