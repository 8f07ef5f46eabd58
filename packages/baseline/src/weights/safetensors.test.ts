import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

let folder = '';
let remove = async () => {};
beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
});
afterAll(() => remove());

it('reads what it wrote, bit by bit', async () => {
  const path = join(folder, 'all.safetensors');
  const tensors = [
    { name: 'a/kernel', shape: [2, 3], values: Float32Array.from([1, -0, Number.NaN, 1e-45, 3.4e38, 0.1]) },
    { name: 'größe', shape: [], values: Float32Array.from([7]) },
    { name: 'none', shape: [0, 4], values: new Float32Array() },
  ];
  await writeSafetensors(path, { tensors, metadata: { state: '{"a":"ü"}' } });
  const bytes = await readFile(path);
  expect(readSafetensors(bytes)).toEqual({ tensors, metadata: { state: '{"a":"ü"}' } });
  // Other readers look at the numbers in place.
  expect(bytes.readBigUInt64LE(0) % 8n).toBe(0n);
  expect(await readdir(folder)).toEqual(['all.safetensors']);
});

it('reads numbers of 16 and 64 bits as their 32-bit ones', () => {
  const half = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00]);
  const brain = new Uint16Array([0x3f80, 0xc000, 0x4049]);
  const file = compose({
    half: ['F16', [5], new Uint8Array(half.buffer)],
    brain: ['BF16', [3], new Uint8Array(brain.buffer)],
    double: ['F64', [1], new Uint8Array(new Float64Array([0.1]).buffer)],
    whole: ['I64', [1], new Uint8Array(new BigInt64Array([-5n]).buffer)],
  });
  const values = Object.fromEntries(readSafetensors(file).tensors.map(({ name, values }) => [name, [...values]]));
  expect(values).toEqual({
    half: [1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY],
    brain: [1, -2, 3.140625],
    double: [Math.fround(0.1)],
    whole: [-5],
  });
});

it.each<[string, Uint8Array, string]>([
  ['an empty file', new Uint8Array(), 'no header'],
  ['a header that is longer than the file', Uint8Array.from([255, 0, 0, 0, 0, 0, 0, 0, 123]), 'no header'],
  ['a header of 2⁶³ bytes', Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 128, 123]), 'no header'],
  ['numbers after the end', compose({ a: ['F32', [4], new Uint8Array(16)] }).subarray(0, -4), 'after the end'],
  ['a shape of more numbers', compose({ a: ['F32', [5], new Uint8Array(16)] }), '4 numbers, and a shape of 5'],
  ['a type that is none of numbers', compose({ a: ['F8_E4M3', [4], new Uint8Array(4)] }), 'type F8_E4M3'],
])('refuses %s', (_, bytes, words) => {
  expect(() => readSafetensors(bytes)).toThrow(words);
});

it('leaves the file before it where the disk takes no more', async () => {
  const path = join(folder, 'kept.safetensors');
  await writeSafetensors(path, { tensors: [], metadata: { kept: 'yes' } });
  // Something else stands where it would be written first.
  await writeFile(join(folder, 'blocked'), '');
  await expect(writeSafetensors(join(folder, 'blocked', 'file'), { tensors: [], metadata: {} })).rejects.toThrow();
  expect(readSafetensors(await readFile(path)).metadata).toEqual({ kept: 'yes' });
  // What was written already is not left beside it.
  await mkdir(join(folder, 'taken'));
  await expect(writeSafetensors(join(folder, 'taken'), { tensors: [], metadata: {} })).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
});

function compose(tensors: Record<string, [dtype: string, shape: number[], bytes: Uint8Array]>): Uint8Array {
  let offset = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, [dtype, shape, bytes]]) => {
      const data_offsets = [offset, offset + bytes.length];
      offset += bytes.length;
      return [name, { dtype, shape, data_offsets }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(([, , bytes]) => bytes)]);
}
