import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeModel, makeFolder, type TestBundle } from './write-models.js';

/**
 * A graph model whose value is the mean of its image, by Einsum, which Keras' attention becomes: TF.js has it for WebGPU and
 * in plain JavaScript, and has it not for WebAssembly.
 *
 * @param equation - which dimensions it multiplies and adds up; of a matrix of images × 1, and one of 1 × 1
 */
export async function writeEinsumTfjs(equation = 'nc,co->no'): Promise<TestBundle> {
  const side = 8;
  const float = { type: 'DT_FLOAT' };
  const dim = [-1, side, side, 1].map((size) => ({ size: String(size) }));
  const encoded = Buffer.from(equation).toString('base64');
  const node = [
    { name: 'images', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim } } } },
    { name: 'axes', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'w', op: 'Const', attr: { dtype: float } },
    { name: 'means', op: 'Mean', input: ['images', 'axes'], attr: { keep_dims: { b: false }, T: float } },
    {
      name: 'values',
      op: 'Einsum',
      input: ['means', 'w'],
      attr: { N: { i: '2' }, equation: { s: encoded }, T: float },
    },
  ];
  const weights = [
    { name: 'axes', shape: [2], dtype: 'int32' },
    { name: 'w', shape: [1, 1], dtype: 'float32' },
  ];
  const model = {
    format: 'graph-model',
    modelTopology: { node, versions: {} },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  const directory = await makeFolder();
  await writeFile(join(directory, 'model.json'), JSON.stringify(model));
  const numbers = [Int32Array.of(1, 2), Float32Array.of(1)].map(({ buffer }) => Buffer.from(buffer));
  await writeFile(join(directory, 'weights.bin'), Buffer.concat(numbers));
  return { directory, manifest: describeModel('tfjs', 'model.json', 'nhwc', 1, side) };
}
