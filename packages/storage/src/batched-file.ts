import { type FileHandle, open } from 'node:fs/promises';
import type { FileHash } from './file-hash.js';
import { toStorageError } from './storage-error.js';

/**
 * Writes `source` into a file that is there, from `start` on, so that it survives a power cut. What came before an error
 * stays.
 *
 * @param hash - of what is in the file before `start`, to go on with
 * @returns where it ended
 * @throws HoldoutError `storage_full`, `storage_unavailable`; or what the source fails with
 */
export async function appendDurably(
  path: string,
  source: AsyncIterable<Uint8Array>,
  { start, hash }: { start: number; hash: FileHash | null },
): Promise<number> {
  const handle = await open(path, 'r+').catch((error) => {
    throw toStorageError(error);
  });
  const file = new BatchedFile(handle, { durable: true, start, hash });
  try {
    try {
      for await (const chunk of source) await file.add(chunk);
    } finally {
      await file.end();
    }
    return file.position;
  } finally {
    await file.settle();
    await handle.close();
  }
}

const batchBytes = 1024 * 1024;
/** So many may wait to be written while further ones come, which is what of a file is in memory. */
const batchesAtMost = 8;
const waitMilliseconds = 100;
/** The disk is told to begin with what is there, or the sync at the end would have all of it before it. */
const syncEveryBytes = 256 * 1024 * 1024;

/**
 * Writes batches while the next ones come: a write for each chunk of a connection would take longer. One after the other,
 * never two at once: a file that is as long as what was received has no hole, whenever this process dies.
 */
export class BatchedFile {
  readonly #handle: FileHandle;
  #batch: Uint8Array[] = [];
  #bytes = 0;
  #writes: Promise<void>[] = [];
  #syncing: Promise<void> | null = null;
  #syncError: unknown;
  #unsyncedBytes = 0;
  readonly #durable: boolean;
  readonly #hash: FileHash | null;
  #position: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param durable - whether all must have survived a power cut when it has ended
   * @param hash - is told what comes and what is written
   * @param start - the place of the first byte
   */
  constructor(
    handle: FileHandle,
    { durable, hash, start = 0 }: { durable: boolean; hash: FileHash | null; start?: number },
  ) {
    this.#handle = handle;
    this.#durable = durable;
    this.#hash = hash;
    this.#position = start;
  }

  /** Up to where it was given to be written. */
  get position(): number {
    return this.#position;
  }

  /** @throws HoldoutError where this chunk, or one before it, can't be written */
  async add(chunk: Uint8Array): Promise<void> {
    this.#hash?.add(chunk);
    this.#batch.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes >= batchBytes) return await this.#next();
    // Of what comes slowly nothing waits for long: this process may be killed. An error is heard with the next chunk.
    this.#timer ??= setTimeout(() => void this.#next().catch(() => {}), waitMilliseconds);
  }

  /** @throws HoldoutError where something can't be written, or does not reach the disk */
  async end(): Promise<void> {
    await this.#next();
    await this.#writes.at(-1);
    if (!this.#durable) return;
    await this.#syncing;
    if (this.#syncError !== undefined) throw toStorageError(this.#syncError);
    // The name must never point to bytes that a power cut takes back.
    await this.#handle.sync().catch((error) => {
      throw toStorageError(error);
    });
  }

  /** Hands the batch on, and waits where too many are before it. After an error nothing more is written. */
  async #next(): Promise<void> {
    this.#stopTimer();
    const [before, batch, bytes, position] = [this.#writes.at(-1), this.#batch, this.#bytes, this.#position];
    this.#batch = [];
    this.#bytes = 0;
    this.#position += bytes;
    const writing = this.#writeAfter(before, batch, { bytes, position });
    // Heard where it is awaited, by a batch after it or by the end.
    writing.catch(() => {});
    this.#writes.push(writing);
    if (this.#writes.length > batchesAtMost) await this.#writes.shift();
  }

  async #writeAfter(
    before: Promise<void> | undefined,
    batch: Uint8Array[],
    place: { bytes: number; position: number },
  ): Promise<void> {
    await before;
    await writeAll(this.#handle, batch, place);
    this.#hash?.written(place.position + place.bytes);
    this.#unsyncedBytes += place.bytes;
    if (this.#durable && this.#unsyncedBytes >= syncEveryBytes) this.#sync();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
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
    this.#stopTimer();
    await this.#writes.at(-1)?.catch(() => {});
    await this.#syncing;
  }
}

/** As they are, side by side; only where the disk took a part of them are the rest put together. */
async function writeAll(
  handle: FileHandle,
  chunks: Uint8Array[],
  { bytes, position }: { bytes: number; position: number },
): Promise<void> {
  if (bytes === 0) return;
  try {
    let written = (await handle.writev(chunks, position)).bytesWritten;
    if (written === bytes) return;
    const all = Buffer.concat(chunks);
    while (written < bytes) {
      written += (await handle.write(all, written, bytes - written, position + written)).bytesWritten;
    }
  } catch (error) {
    throw toStorageError(error);
  }
}
