import { ready, setBackend, tensor4d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { buildDenseNet } from './build-densenet.js';
import { networks } from './networks.js';

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

it('has exactly the weights of the paper’s DenseNet-169', () => {
  const network = buildDenseNet(networks.densenet169);
  expect(countTrained(network)).toBe(12_486_145);
  expect(network.countParams()).toBe(12_644_545);
  expect(network.getLayer('features').outputShape).toEqual([null, 10, 10, 1664]);
  network.dispose();
});

it('has 6,953,856 weights before the classifier of DenseNet-121, as torchvision’s', () => {
  const network = buildDenseNet(networks.densenet121);
  expect(countTrained(network)).toBe(6_953_856 + 1024 + 1);
  network.dispose();
});

it('starts from the same weights for the same seed, and from others for another', () => {
  const [first, again, other] = ['a', 'a', 'b'].map((seed) => readWeights(buildDenseNet(networks.tiny, { seed })));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  // Layers of one shape each have their own.
  const values = first?.filter(({ length }) => length > 100).map((weights) => weights.join()) ?? [];
  expect(new Set(values).size).toBe(values.length);
});

it('gives one probability an image, from any number of them', () => {
  const { inputSize, channels } = networks.tiny;
  const network = buildDenseNet(networks.tiny);
  const images = tensor4d(new Float32Array(3 * inputSize ** 2 * channels), [3, inputSize, inputSize, channels]);
  const probabilities = network.predict(images);
  if (Array.isArray(probabilities)) throw new Error('One output was expected.');
  expect(probabilities.shape).toEqual([3, 1]);
  expect(network.outputNames).toEqual(['probability']);
});

it('is a file of ordinary layers', () => {
  const config = buildDenseNet(networks.tiny).toJSON(null, false) as unknown as {
    config: { layers: { class_name: string }[] };
  };
  const kinds = new Set(config.config.layers.map((layer) => layer.class_name));
  expect([...kinds].sort()).toEqual([
    'Activation',
    'AveragePooling2D',
    'BatchNormalization',
    'Concatenate',
    'Conv2D',
    'Dense',
    'GlobalAveragePooling2D',
    'InputLayer',
    'MaxPooling2D',
    'ReLU',
    'ZeroPadding2D',
  ]);
});

function countTrained(network: LayersModel): number {
  return network.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * (b ?? 0), 1), 0);
}

function readWeights(network: LayersModel): number[][] {
  return network.getWeights().map((tensor) => [...tensor.dataSync()]);
}
