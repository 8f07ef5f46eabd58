import { type FileHandle, open } from 'node:fs/promises';
import { takeAlignedSlot } from './aligned-memory.js';
import { AlignedBatch, type Batch, ChunkBatch } from './batch.js';
import type { FileHash } from './file-hash.js';
import { FileWriter } from './file-writer.js';
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

/** So many may wait to be written and hashed while further ones come, which is what of a file is in memory. */
const batchesAtMost = 16;
const waitMilliseconds = 100;

/**
 * Writes batches while the next ones come: a write for each chunk of a connection would take longer. All that wait are
 * written together, and nothing beside them: a file that is as long as what was received has no hole, whenever this
 * process dies.
 */
export class BatchedFile {
  readonly #writer: FileWriter;
  readonly #durable: boolean;
  readonly #hash: FileHash | null;
  #position: number;
  #writtenTo: number;
  /** What comes is added to it. */
  #batch: Batch | null = null;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Batch[] = [];
  /** Of what was handed on last, and with it of all before it. */
  #writing: Promise<void> = Promise.resolve();
  readonly #inMemory: Promise<void>[] = [];

  /**
   * @param durable - whether all must have survived a power cut when it has ended
   * @param hash - is told what comes and what is written
   * @param start - the place of the first byte
   */
  constructor(
    handle: FileHandle,
    { durable, hash, start = 0 }: { durable: boolean; hash: FileHash | null; start?: number },
  ) {
    this.#writer = new FileWriter(handle, { durable, start });
    this.#durable = durable;
    this.#hash = hash;
    this.#position = start;
    this.#writtenTo = start;
  }

  /** Up to where it was given to be written. */
  get position(): number {
    return this.#position;
  }

  /** @throws HoldoutError where this chunk, or one before it, can't be written */
  async add(chunk: Uint8Array): Promise<void> {
    this.#hash?.add(chunk);
    for (let rest = chunk; rest.byteLength > 0; ) {
      this.#batch ??= await this.#begin();
      rest = this.#batch.add(rest);
      if (this.#batch.isFull) await this.#next();
    }
    // Of what comes slowly nothing waits for long: this process may be killed. An error is heard with the next chunk.
    if (this.#batch) this.#timer ??= setTimeout(() => void this.#next().catch(() => {}), waitMilliseconds);
  }

  /** @throws HoldoutError where something can't be written, or does not reach the disk */
  async end(): Promise<void> {
    await this.#next();
    await this.#writing;
    if (this.#durable) await this.#writer.sync();
  }

  /** Where the aligned memory is all in use, chunks are written as they came. */
  async #begin(): Promise<Batch> {
    const slot = (await this.#writer.wantsAligned(this.#position)) ? takeAlignedSlot() : null;
    return slot ? new AlignedBatch(slot, this.#position) : new ChunkBatch();
  }

  /** Hands the batch on, and waits where too many are before it. After an error nothing more is written. */
  async #next(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    if (batch) {
      this.#batch = null;
      this.#position += batch.sizeBytes;
      this.#waiting.push(batch);
      this.#writing = this.#writing.then(() => this.#writeWaiting());
      const inMemory = this.#writing.then(() => batch.whenFree);
      // Heard where it is awaited, by a batch after it or by the end.
      inMemory.catch(() => {});
      this.#inMemory.push(inMemory);
    }
    if (this.#inMemory.length > batchesAtMost) await this.#inMemory.shift();
  }

  async #writeWaiting(): Promise<void> {
    const batches = this.#waiting;
    this.#waiting = [];
    try {
      await this.#writer.write(batches.flatMap((batch) => batch.pieces()));
    } catch (error) {
      for (const batch of batches) batch.free();
      throw error;
    }
    for (const batch of batches) void this.#hashWritten(batch);
  }

  /** Beside further writes. What goes wrong with a hash is heard when it is asked for. */
  async #hashWritten(batch: Batch): Promise<void> {
    this.#writtenTo += batch.sizeBytes;
    await this.#hash?.written(this.#writtenTo, batch.shared());
    batch.free();
  }

  /** Until nothing is being written any more, however that ended: the file may be closed then. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing.catch(() => {});
    for (const batch of this.#waiting) batch.free();
    this.#batch?.free();
    await this.#writer.settle();
  }
}
