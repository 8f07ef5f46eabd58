import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HoldoutError, showSize } from '@holdout/contracts';
import { BatchedFile } from './batched-file.js';
import { FileHash } from './file-hash.js';
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
    await this.removeAbandoned();
  }

  async removeAbandoned(olderThanMilliseconds = abandonedAfterMilliseconds): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const found = await stat(path).catch(() => null);
      if (found && Date.now() - found.mtimeMs > olderThanMilliseconds) await rm(path, { force: true });
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
   * @throws HoldoutError `upload_too_large`, `storage_damaged` (not of `sizeBytes`), `storage_full`, `storage_unavailable`;
   *   or what the source or `use` fails with
   */
  async with(
    source: AsyncIterable<Uint8Array>,
    options: WriteOptions,
    use: (path: string, blob: StoredBlob) => Promise<void>,
  ): Promise<StoredBlob> {
    const path = this.newPath();
    const chunks = keepAlive(source);
    try {
      const blob = await writeHashed(path, chunks, options);
      await use(path, blob);
      return blob;
    } finally {
      await rm(path, { force: true }).catch(() => {});
    }
  }
}

interface WriteOptions {
  readonly limitBytes: number;
  /** Where it is left out, of any length. */
  readonly sizeBytes?: number | undefined;
  readonly durable: boolean;
}

async function writeHashed(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { limitBytes, sizeBytes, durable }: WriteOptions,
): Promise<StoredBlob> {
  // Not read-only yet: a large one is opened a second time to be written to.
  const handle = await open(path, 'wx', 0o600).catch((error) => {
    throw toStorageError(error);
  });
  const hash = new FileHash(path);
  const file = new BatchedFile(handle, { durable, hash });
  try {
    for await (const chunk of chunks) {
      const foundBytes = hash.sizeBytes + chunk.byteLength;
      if (sizeBytes !== undefined && foundBytes > sizeBytes) throw wrongLength(sizeBytes, foundBytes);
      if (foundBytes > limitBytes) throw tooLarge(limitBytes);
      await file.add(chunk);
    }
    await handle.chmod(0o444).catch((error) => {
      throw toStorageError(error);
    });
    await file.end();
    if (sizeBytes !== undefined && hash.sizeBytes < sizeBytes) throw wrongLength(sizeBytes, hash.sizeBytes);
    return { digest: await hash.digest(), sizeBytes: hash.sizeBytes };
  } finally {
    await file.settle();
    // After the last write, which the thread would follow.
    hash.forget();
    await handle.close();
  }
}

export function tooLarge(limitBytes: number): HoldoutError {
  return new HoldoutError('upload_too_large', { detail: `It may have ${showSize(limitBytes)}.` });
}

/** Of what must have so many bytes, and has another number of them: of one that is longer, when that was seen. */
export function wrongLength(sizeBytes: number, foundBytes: number): HoldoutError {
  return new HoldoutError('storage_damaged', { detail: `Found ${foundBytes} bytes; expected ${sizeBytes}.` });
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
