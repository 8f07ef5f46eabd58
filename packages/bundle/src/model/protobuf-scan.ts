import { makeSentence } from '@holdout/contracts';
import { modelLimits } from '../limits.js';
import { ModelFault } from './model-fault.js';

/** What a field of a message holds: a message of a named kind, bytes to keep, or (left out) nothing of interest. */
export type MessageShapes = Readonly<Record<string, Readonly<Record<number, string | 'keep'>>>>;

/** A field that was kept, or the begin and end of a message. */
export type ScanEvent =
  | { readonly event: 'begin' | 'end'; readonly shape: string; readonly field: number }
  | { readonly event: 'value'; readonly shape: string; readonly field: number; readonly value: number | Uint8Array };

const mostDepth = 100;

/**
 * Reads protobuf's wire format as it comes and hands on only the fields that are asked for. Weights, which are nearly all
 * of a model file, are passed over without being gathered, so memory stays small for a model of any size. Nothing waits
 * but for the next chunk: a file may be made of nothing but fields of two bytes.
 *
 * Format: protobuf.dev/programming-guides/encoding. Varints beyond 2^53 lose precision; none that matters here is.
 *
 * @throws ModelFault where the bytes are no such message, or have more fields than any model
 */
export async function scanProtobuf(
  chunks: AsyncIterable<Uint8Array>,
  shapes: MessageShapes,
  root: string,
  take: (event: ScanEvent) => void,
): Promise<void> {
  const bytes = new ByteCursor(chunks);
  const open: { shape: string; field: number; end: number }[] = [
    { shape: root, field: 0, end: Number.POSITIVE_INFINITY },
  ];
  for (let fields = 0; ; fields += 1) {
    let current = open.at(-1);
    while (current && bytes.position >= current.end) {
      if (bytes.position > current.end) throw new ModelFault(makeSentence('found_no_onnx', {}));
      take({ event: 'end', shape: current.shape, field: current.field });
      open.pop();
      current = open.at(-1);
    }
    if (!current) return;
    if (bytes.isChunkSpent && (await bytes.isAtEnd())) {
      if (open.length > 1) throw new ModelFault(makeSentence('found_onnx_cut', {}));
      return;
    }
    if (fields >= modelLimits.protobufFields)
      throw new ModelFault(makeSentence('found_onnx_fields', { limit: modelLimits.protobufFields }));
    const key = bytes.readVarintOfChunk() ?? (await bytes.readVarint());
    const [field, wireType] = [Math.floor(key / 8), key % 8];
    if (field === 0) throw new ModelFault(makeSentence('found_no_onnx', {}));
    const wanted = shapes[current.shape]?.[field];
    if (wireType === 0) {
      const value = bytes.readVarintOfChunk() ?? (await bytes.readVarint());
      if (wanted === 'keep') take({ event: 'value', shape: current.shape, field, value });
    } else if (wireType === 1 || wireType === 5) {
      const length = wireType === 1 ? 8 : 4;
      if (!bytes.skipInChunk(length)) await bytes.skip(length);
    } else if (wireType === 2) {
      const length = bytes.readVarintOfChunk() ?? (await bytes.readVarint());
      if (wanted === undefined) {
        if (!bytes.skipInChunk(length)) await bytes.skip(length);
      } else if (wanted === 'keep') {
        if (length > modelLimits.nameBytes) throw new ModelFault(makeSentence('found_onnx_name', { bytes: length }));
        const value = bytes.readOfChunk(length) ?? (await bytes.read(length));
        take({ event: 'value', shape: current.shape, field, value });
      } else {
        if (open.length > mostDepth) throw new ModelFault(makeSentence('found_no_onnx', {}));
        take({ event: 'begin', shape: wanted, field });
        open.push({ shape: wanted, field, end: bytes.position + length });
      }
    } else throw new ModelFault(makeSentence('found_no_onnx', {}));
  }
}

/** A place in a stream of chunks. What is named `…Chunk` answers at once, where this chunk has all of it. */
class ByteCursor {
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  get isChunkSpent(): boolean {
    return this.#offset >= this.#chunk.length;
  }

  readVarintOfChunk(): number | undefined {
    let value = 0;
    for (let place = 0; place < 10; place += 1) {
      const byte = this.#chunk[this.#offset + place];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) {
        this.#advance(place + 1);
        return value;
      }
    }
    throw new ModelFault(makeSentence('found_no_onnx', {}));
  }

  readOfChunk(length: number): Uint8Array | undefined {
    const start = this.#offset;
    return this.skipInChunk(length) ? this.#chunk.subarray(start, start + length) : undefined;
  }

  skipInChunk(length: number): boolean {
    if (length > this.#chunk.length - this.#offset) return false;
    this.#advance(length);
    return true;
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#offset >= this.#chunk.length) {
      const step = await this.#chunks.next();
      if (step.done) return true;
      this.#chunk = step.value;
      this.#offset = 0;
    }
    return false;
  }

  async readVarint(): Promise<number> {
    let value = 0;
    for (let place = 0; place < 10; place += 1) {
      const byte = await this.#readByte();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value;
    }
    throw new ModelFault(makeSentence('found_no_onnx', {}));
  }

  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const part = await this.#take(length - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) left -= (await this.#take(left)).length;
  }

  async #readByte(): Promise<number> {
    return (await this.#take(1))[0] ?? 0;
  }

  async #take(most: number): Promise<Uint8Array> {
    if (await this.isAtEnd()) throw new ModelFault(makeSentence('found_onnx_cut', {}));
    const part = this.#chunk.subarray(this.#offset, this.#offset + most);
    this.#advance(part.length);
    return part;
  }

  #advance(length: number): void {
    this.#offset += length;
    this.position += length;
  }
}
