import { Buffer } from 'node:buffer';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Numbers with a name and a shape. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});
const headerSchema = z.intersection(
  z.object({ __metadata__: z.record(z.string(), z.string()).optional() }),
  z.record(z.string(), z.unknown()),
);

/** The same limit as the format's own reader has. */
const mostHeaderBytes = 100_000_000;

/**
 * Reads the format of https://github.com/huggingface/safetensors: the length of a JSON header, the header, the numbers.
 * Numbers of 16 and 64 bits become 32.
 *
 * @throws Error where the bytes are no such file
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes.byteLength < 8 ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(headerBytes <= Math.min(mostHeaderBytes, bytes.byteLength - 8))) throw new Error('it has no header');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes));
  const { __metadata__: metadata = {}, ...entries } = headerSchema.parse(JSON.parse(text));
  const data = bytes.subarray(8 + headerBytes);
  const tensors = Object.entries(entries).map(([name, entry]): NamedTensor => {
    const {
      dtype,
      shape,
      data_offsets: [begin, end],
    } = entrySchema.parse(entry);
    if (begin > end || end > data.byteLength) throw new Error(`${name} ends after the end of the file`);
    const values = readNumbers(name, dtype, data.subarray(begin, end));
    const size = shape.reduce((product, side) => product * side, 1);
    if (values.length !== size) throw new Error(`${name} has ${values.length} numbers, and a shape of ${size}`);
    return { name, shape, values };
  });
  return { tensors, metadata };
}

function readNumbers(name: string, dtype: string, bytes: Uint8Array): Float32Array {
  // A copy, which begins where numbers of any size may begin.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), readHalf);
    case 'BF16':
      return Float32Array.from(new Uint16Array(buffer), readBrain);
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    default:
      throw new Error(`${name} is of the type ${dtype}; expected F32, F16, BF16, F64 or I64`);
  }
}

function readHalf(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits >> 15 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const scratch = new DataView(new ArrayBuffer(4));
function readBrain(bits: number): number {
  scratch.setUint16(0, bits);
  scratch.setUint16(2, 0);
  return scratch.getFloat32(0);
}

/** Writes the same format, whole or not at all: a process that is killed, or a power cut, leaves the file before it. */
export async function writeSafetensors(path: string, { tensors, metadata }: TensorFile): Promise<void> {
  let offset = 0;
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  for (const { name, shape, values } of tensors) {
    entries.push([name, { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }]);
    offset += values.byteLength;
  }
  const json = JSON.stringify(Object.fromEntries(entries));
  // Spaces at the end let the numbers begin at a multiple of eight.
  const header = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.byteLength));
  const partial = `${path}.partial`;
  const file = await open(partial, 'w');
  try {
    // Each goes on where the one before it ended.
    for (const part of [length, header, ...tensors.map(({ values }) => asBytes(values))]) await file.writeFile(part);
    await file.sync();
    await file.close();
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

function asBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The new name itself must be on the disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
