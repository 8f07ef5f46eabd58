import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeOnnx, type OnnxTensor, onnxTypes } from '../onnx/onnx-schema.js';
import { makeFolder } from '../testing/make-folder.js';
import { readWeightsFile } from './read-weights-file.js';

let folder = '';
let remove = async () => {};
beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
});
afterAll(() => remove());

async function read(...initializer: OnnxTensor[]) {
  const path = join(folder, 'model.onnx');
  const graph = { name: 'g', node: [], initializer, input: [], output: [], value_info: [] };
  await writeFile(path, encodeOnnx({ ir_version: 8, producer_name: 'test', opset_import: [], graph }));
  return (await readWeightsFile(path)).tensors;
}

const floats = { name: 'w', dims: [2], data_type: onnxTypes.float };

it('reads ONNX’s numbers from either place where they may lie, and passes whole ones over', async () => {
  const raw_data = new Uint8Array(Float32Array.of(0.5, -2).buffer);
  const whole = { name: 'shape', dims: [1], data_type: onnxTypes.int64, raw_data: new Uint8Array(8) };
  const expected = [{ name: 'w', shape: [2], values: Float32Array.of(0.5, -2) }];
  expect(await read({ ...floats, raw_data }, whole)).toEqual(expected);
  expect(await read({ ...floats, float_data: [0.5, -2] }, whole)).toEqual(expected);
});

it.each<[string, Partial<OnnxTensor>, RegExp]>([
  ['that lie in a file beside it', { data_location: 1 }, /w lies in a file of its own/],
  ['of 16 bits', { data_type: onnxTypes.float16, raw_data: new Uint8Array(4) }, /w has numbers of 16 or 64 bits/],
  ['of 64 bits', { data_type: onnxTypes.double, raw_data: new Uint8Array(16) }, /w has numbers of 16 or 64 bits/],
])('refuses numbers %s', async (_, more, words) => {
  await expect(read({ ...floats, ...more })).rejects.toThrow(words);
});
