import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { removeModels, writers } from '../testing/write-models.js';
import { type DeviceKind, deviceKinds } from './engine.js';
import { loadModel } from './load-model.js';
import { onnxDevices } from './onnx/onnx-devices.js';
import { tfjsDevices } from './tfjs/tfjs-devices.js';

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

it('tries GPUs before the processor, by NVIDIA’s own libraries first, and says why not', async () => {
  for (const [engine, device] of [
    ['onnx', 'cpu'],
    ['tfjs', 'wasm-simd'],
  ] as const) {
    // In whatever order they are allowed.
    const { model, notices } = await load(engine, [...deviceKinds].reverse());
    expect(model.device).toBe(device);
    expect(notices).toEqual(['cuda', 'webgpu'].map((kind) => `Not on ${kind}: no GPU was given to it.`));
    await model.release();
  }
  // TensorFlow, which no test has, computes faster than WebAssembly.
  expect(tfjsDevices.map(({ kind }) => kind)).toEqual(['cuda', 'webgpu', 'cpu', 'wasm']);
});

it('has CUDA multiply with all digits of its numbers, before the first model is loaded there', async () => {
  const { directory, manifest } = await writers.onnx({ weights: [[1]], bias: [0] });
  const cuda = onnxDevices.find(({ kind }) => kind === 'cuda');
  delete process.env.NVIDIA_TF32_OVERRIDE;
  // Whether or not this machine has it.
  await cuda?.load({ bundleDirectory: directory, manifest, threads: 1, gpu: null }).catch(() => {});
  expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
});

it('predicts with TF.js where the model was loaded, also after another model was run elsewhere', async () => {
  const { model } = await load('tfjs', ['wasm']);
  // As WebGPU is, where a model was tried there and not believed.
  const factory = tf.findBackendFactory('wasm');
  tf.registerBackend('elsewhere', factory);
  await tf.setBackend('elsewhere');
  expect(Array.from((await model.predict(images, 2)).values)).toEqual([15, 29]);
  expect(tf.getBackend()).toBe('wasm');
  tf.removeBackend('elsewhere');
  await model.release();
});
