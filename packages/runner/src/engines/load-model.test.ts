import { afterAll, expect, it } from 'vitest';
import { removeModels, writers } from '../testing/write-models.js';
import type { DeviceKind } from './engine.js';
import { loadModel } from './load-model.js';

afterAll(removeModels);

async function load(engine: 'onnx' | 'tfjs', devices: readonly DeviceKind[]) {
  const { directory, manifest } = await writers[engine]({ weights: [[2, 4, 8]], bias: [1] });
  return await loadModel({ bundleDirectory: directory, manifest, threads: 1, gpu: null, devices });
}

/** Two images of three channels and 8 × 8 pixels each: one of ones, and one of twos. */
const images = Float32Array.from({ length: 2 * 192 }, (_, place) => (place < 192 ? 1 : 2));

it.each([
  ['onnx', 'values', [15, 29]],
  ['tfjs', 'pool', [1, 1, 1, 2, 2, 2]],
] as const)('gives further outputs of a model of %s by their names', async (engine, name, values) => {
  const { model, notices } = await load(engine, ['cpu', 'wasm']);
  expect(notices).toEqual([]);
  const prediction = await model.predict(images, 2, [name]);
  expect([...Array.from(prediction.values), prediction.shape]).toEqual([15, 29, [2, 1]]);
  const [extra] = prediction.extras;
  expect(Array.from(extra?.values ?? [])).toEqual(values);
  expect(extra?.shape).toEqual([2, values.length / 2]);
  await expect(model.predict(images, 2, ['nothing'])).rejects.toThrow(/nothing/);
  expect((await model.predict(images, 1)).extras).toEqual([]);
  await model.release();
});

it.each(['onnx', 'tfjs'] as const)('says why %s can’t have the only device that it may have', async (engine) => {
  await expect(load(engine, ['cuda'])).rejects.toThrow('Not on cuda: no GPU was given to it.');
});
