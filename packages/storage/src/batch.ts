import type { AlignedSlot } from './aligned-memory.js';
import { alignmentBytes } from './direct-file.js';
import type { Piece } from './file-writer.js';

/** Bytes of a file that are written together. */
export interface Batch {
  readonly sizeBytes: number;
  readonly isFull: boolean;
  /** @returns what of it has no room here */
  add(chunk: Uint8Array): Uint8Array;
  /** All of it, in its order. */
  pieces(): Piece[];
  /** All of it, where another thread can read it; null where none can. */
  shared(): Uint8Array | null;
  /** Nobody reads its bytes any more. */
  free(): void;
  readonly whenFree: Promise<void>;
}

const fullBytes = 1024 * 1024;

/** Chunks as they came: nothing is copied, and the collector frees them. */
export class ChunkBatch implements Batch {
  readonly #chunks: Uint8Array[] = [];
  readonly whenFree = Promise.resolve();
  sizeBytes = 0;

  get isFull(): boolean {
    return this.sizeBytes >= fullBytes;
  }

  add(chunk: Uint8Array): Uint8Array {
    this.#chunks.push(chunk);
    this.sizeBytes += chunk.byteLength;
    return chunk.subarray(chunk.byteLength);
  }

  pieces(): Piece[] {
    return this.#chunks.map((bytes) => ({ isAligned: false, bytes }));
  }

  shared(): null {
    return null;
  }

  free(): void {}
}

/** Chunks put together in aligned memory, each byte as far from a page's beginning as it will be in the file. */
export class AlignedBatch implements Batch {
  readonly #slot: AlignedSlot;
  readonly #start: number;
  #end: number;
  readonly whenFree: Promise<void>;
  #tellFree = () => {};

  /** @param position - in the file, of the first byte */
  constructor(slot: AlignedSlot, position: number) {
    this.#slot = slot;
    this.#start = position % alignmentBytes;
    this.#end = this.#start;
    this.whenFree = new Promise((resolve) => {
      this.#tellFree = resolve;
    });
  }

  get sizeBytes(): number {
    return this.#end - this.#start;
  }

  get isFull(): boolean {
    return this.#end === this.#slot.bytes.length;
  }

  add(chunk: Uint8Array): Uint8Array {
    const fitting = chunk.subarray(0, this.#slot.bytes.length - this.#end);
    // Filled with as many bytes as there is room for, they are copied; `set` and `copy` take longer where memory is shared.
    this.#slot.bytes.fill(fitting, this.#end, this.#end + fitting.length);
    this.#end += fitting.length;
    return chunk.subarray(fitting.length);
  }

  /** One that is not full came slowly, or is the last: its end is not aligned, and little would be gained. */
  pieces(): Piece[] {
    if (!this.isFull) return [{ isAligned: false, bytes: this.shared() }];
    const alignedFrom = Math.ceil(this.#start / alignmentBytes) * alignmentBytes;
    const head = { isAligned: false, bytes: this.#slot.bytes.subarray(this.#start, alignedFrom) };
    const rest = { isAligned: true, bytes: this.#slot.bytes.subarray(alignedFrom) };
    return head.bytes.length > 0 ? [head, rest] : [rest];
  }

  shared(): Uint8Array {
    return this.#slot.bytes.subarray(this.#start, this.#end);
  }

  free(): void {
    this.#slot.free();
    this.#tellFree();
  }
}
