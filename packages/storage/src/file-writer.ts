import type { FileHandle } from 'node:fs/promises';
import { DirectFile } from './direct-file.js';
import { toStorageError } from './storage-error.js';

/** What is written, in one place of memory. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Its place in memory, in the file, and its length are multiples of `alignmentBytes`: it may go to the disk directly. */
  readonly isAligned: boolean;
}

/** The disk is told to begin with what is there, or the sync at the end would have all of it before it. */
const syncEveryBytes = 256 * 1024 * 1024;
/** What is smaller is soon read again, and best from the kernel's memory. */
const directFromBytes = 64 * 1024 * 1024;

/** Writes what it is given one after the other, never two at once. */
export class FileWriter {
  readonly #handle: FileHandle;
  readonly #durable: boolean;
  #position: number;
  #direct: DirectFile | null = null;
  #syncing: Promise<void> | null = null;
  #syncError: unknown;
  #unsyncedBytes = 0;

  /** @param durable - whether all must have survived a power cut when it has ended */
  constructor(handle: FileHandle, { durable, start }: { durable: boolean; start: number }) {
    this.#handle = handle;
    this.#durable = durable;
    this.#position = start;
  }

  /** Whether what lies at `position` gains by being aligned. */
  async wantsAligned(position: number): Promise<boolean> {
    if (!this.#durable || position < directFromBytes) return false;
    this.#direct ??= await DirectFile.open(this.#handle);
    return this.#direct.works;
  }

  /** @throws HoldoutError `storage_full`, `storage_unavailable` */
  async write(pieces: Piece[]): Promise<void> {
    for (let from = 0; from < pieces.length; ) {
      const isAligned = pieces[from]?.isAligned ?? false;
      const others = pieces.findIndex((piece, place) => place > from && piece.isAligned !== isAligned);
      const to = others < 0 ? pieces.length : others;
      const bytes = pieces.slice(from, to).map((piece) => piece.bytes);
      await this.#writeAll(bytes, isAligned);
      from = to;
    }
  }

  /** @throws HoldoutError where not all of it reaches the disk */
  async sync(): Promise<void> {
    await this.#syncing;
    if (this.#syncError !== undefined) throw toStorageError(this.#syncError);
    // The name must never point to bytes that a power cut takes back.
    await this.#handle.sync().catch((error) => {
      throw toStorageError(error);
    });
  }

  /** Until nothing is being synced any more, however that ended. */
  async settle(): Promise<void> {
    await this.#syncing;
    await this.#direct?.close();
  }

  /** As they are, side by side; only where the disk took a part of them are the rest put together. */
  async #writeAll(bytes: Uint8Array[], isAligned: boolean): Promise<void> {
    const sizeBytes = bytes.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let written = isAligned ? ((await this.#direct?.write(bytes, this.#position)) ?? 0) : 0;
    if (written < sizeBytes) this.#unsyncedBytes += sizeBytes - written;
    try {
      if (written === 0 && sizeBytes > 0) written = (await this.#handle.writev(bytes, this.#position)).bytesWritten;
      const all = written < sizeBytes ? Buffer.concat(bytes) : null;
      while (all && written < sizeBytes) {
        written += (await this.#handle.write(all, written, sizeBytes - written, this.#position + written)).bytesWritten;
      }
    } catch (error) {
      throw toStorageError(error);
    }
    this.#position += sizeBytes;
    if (this.#durable && this.#unsyncedBytes >= syncEveryBytes) this.#syncBeside();
  }

  /** Beside the writing; only the last sync, of the whole file, has to be waited for. */
  #syncBeside(): void {
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
}
