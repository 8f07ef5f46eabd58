import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HoldoutError, showSize } from '@holdout/contracts';
import type { StoredBlob } from './storage.js';
import { toStorageError } from './storage-error.js';

/** What a process that died left behind is removed after this time; no upload takes longer. */
export const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/** The folder of what is being written: files without a name that means anything, until their digest is known. */
export class UnfinishedFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder, and removes what nobody finishes any more. */
  async prepare(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const found = await stat(path).catch(() => null);
      if (found && Date.now() - found.mtimeMs > abandonedAfterMilliseconds) await rm(path, { force: true });
    }
  }

  /** Whether something could be written here now. */
  async health(): Promise<void> {
    const path = this.newPath();
    const handle = await open(path, 'wx');
    await handle.close();
    await rm(path);
    const { bavail } = await statfs(this.#directory);
    if (bavail === 0) throw new HoldoutError('storage_full');
  }

  /** A path where nothing lies. */
  newPath(): string {
    return join(this.#directory, randomUUID());
  }

  /**
   * Writes `source` to a file, has it used, and removes it, whatever happens.
   *
   * @throws HoldoutError `upload_too_large`, `storage_full`, `storage_unavailable`; or what the source or `use` fails with
   */
  async with(
    source: AsyncIterable<Uint8Array>,
    { limitBytes, durable }: { limitBytes: number; durable: boolean },
    use: (path: string, blob: StoredBlob) => Promise<void>,
  ): Promise<StoredBlob> {
    const path = this.newPath();
    const chunks = keepAlive(source);
    try {
      const blob = await writeHashed(path, chunks, { limitBytes, durable });
      await use(path, blob);
      return blob;
    } finally {
      await rm(path, { force: true }).catch(() => {});
    }
  }
}

async function writeHashed(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { limitBytes, durable }: { limitBytes: number; durable: boolean },
): Promise<StoredBlob> {
  const handle = await open(path, 'wx', 0o444).catch((error) => {
    throw toStorageError(error);
  });
  const file = new BatchedFile(handle, durable);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      hash.update(chunk);
      await file.add(chunk);
    }
    await file.end();
    // The name must never point to bytes that a power cut takes back.
    if (durable) {
      await handle.sync().catch((error) => {
        throw toStorageError(error);
      });
    }
    return { digest: hash.digest('hex'), sizeBytes };
  } finally {
    await file.settle();
    await handle.close();
  }
}

export function tooLarge(limitBytes: number): HoldoutError {
  return new HoldoutError('upload_too_large', { detail: `It may have ${showSize(limitBytes)}.` });
}

const batchBytes = 1024 * 1024;
/** The disk is told to begin with what is there, or the sync at the end would have all of it before it. */
const syncEveryBytes = 64 * 1024 * 1024;

/** Writes a batch while the next one comes and is hashed: a write for each chunk of a connection would take longer. */
class BatchedFile {
  readonly #handle: FileHandle;
  #batch: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | null = null;
  #syncError: unknown;
  #unsyncedBytes = 0;
  readonly #durable: boolean;

  constructor(handle: FileHandle, durable: boolean) {
    this.#handle = handle;
    this.#durable = durable;
  }

  /** @throws HoldoutError where this chunk, or one before it, can't be written */
  async add(chunk: Uint8Array): Promise<void> {
    this.#batch.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= batchBytes) await this.#next();
  }

  async end(): Promise<void> {
    await this.#next();
    await this.#writing;
    await this.#syncing;
    if (this.#syncError !== undefined) throw toStorageError(this.#syncError);
  }

  async #next(): Promise<void> {
    const batch = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#bytes = 0;
    await this.#writing;
    this.#writing = writeAll(this.#handle, batch);
    // Heard where it is awaited, by the batch after it or by the end.
    this.#writing.catch(() => {});
    this.#unsyncedBytes += batch.byteLength;
    if (this.#durable && this.#unsyncedBytes >= syncEveryBytes) this.#sync();
  }

  /** Beside the writing; only the last sync, of the whole file, has to be waited for. */
  #sync(): void {
    if (this.#syncing) return;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#handle
      .datasync()
      // The kernel tells an error once: the last sync would know nothing of it.
      .catch((error: unknown) => {
        this.#syncError ??= error;
      })
      .finally(() => {
        this.#syncing = null;
      });
  }

  /** Until nothing is being written any more, however that ended: the file may be closed then. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#syncing;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < bytes.byteLength; ) {
      written += (await handle.write(bytes, written)).bytesWritten;
    }
  } catch (error) {
    throw toStorageError(error);
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
