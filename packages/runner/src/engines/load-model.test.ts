import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { model as defineModel, input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, expect, it } from 'vitest';
import { describeModel, makeFolder, removeModels, writers } from '../testing/write-models.js';
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

it('leaves the cores to others between batches of a model of onnx', async () => {
  const { directory: bundleDirectory, manifest } = await writers.onnx({ weights: [[2, 4, 8]], bias: [1] });
  const { model } = await loadModel({ bundleDirectory, manifest, threads: 4, gpu: null, devices: ['cpu'] });
  const spent: number[] = [];
  for (let pause = 0; pause < 9; pause += 1) {
    await model.predict(images, 2);
    const before = process.cpuUsage();
    await sleep(200);
    const { user, system } = process.cpuUsage(before);
    spent.push((user + system) / 1000);
  }
  await model.release();
  // Of processor time, which counts only what this process used: a thread that spins takes some 30 ms.
  expect(spent.sort((a, b) => a - b)[4]).toBeLessThan(20);
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
  // With a GPU, and TensorFlow, which no test of these has.
  expect(onnxDevices.map(({ kind }) => kind)).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(tfjsDevices.map(({ kind }) => kind)).toEqual(['cuda', 'webgpu', 'cpu', 'wasm', 'javascript']);
});

it('has CUDA multiply with all digits of its numbers, before the first model is loaded there', async () => {
  const { directory, manifest } = await writers.onnx({ weights: [[1]], bias: [0] });
  const cuda = onnxDevices.find(({ kind }) => kind === 'cuda');
  delete process.env.NVIDIA_TF32_OVERRIDE;
  // Whether or not this machine has it.
  await cuda?.load({ bundleDirectory: directory, manifest, threads: 1, gpu: null }).catch(() => {});
  expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
});

it('gives the output that the manifest names, of several that a layers model has', async () => {
  const image = input({ shape: [2, 2, 1], name: 'images' });
  const means = layers.globalAveragePooling2d({ name: 'means' }).apply(image) as SymbolicTensor;
  const outputs = ['other', 'values'].map(
    (name, place) =>
      layers
        .dense({ units: 1, name, useBias: false, kernelInitializer: place === 0 ? 'zeros' : 'ones' })
        .apply(means) as SymbolicTensor,
  );
  const directory = await makeFolder();
  await defineModel({ inputs: image, outputs }).save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      const file = { format: 'layers-model', modelTopology, weightsManifest };
      await writeFile(join(directory, 'model.json'), JSON.stringify(file));
      await writeFile(join(directory, 'weights.bin'), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const manifest = describeModel('tfjs', 'model.json', 'nhwc', 1, 2);
  const options = { bundleDirectory: directory, manifest, threads: 1, gpu: null };
  const { model } = await loadModel({ ...options, devices: ['wasm'] });
  expect(Array.from((await model.predict(Float32Array.of(1, 2, 3, 6), 1)).values)).toEqual([3]);
  // Also beside what a layer gives.
  const { values, extras } = await model.predict(Float32Array.of(1, 2, 3, 6), 1, ['other']);
  expect([values[0], extras[0]?.values[0]]).toEqual([3, 0]);
  await model.release();
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
