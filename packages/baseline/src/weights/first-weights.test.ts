import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BaselineError } from '../baseline-error.js';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { networks } from '../densenet/networks.js';
import { writeBundle } from '../export/write-bundle.js';
import { startBackend } from '../gradients/start-backend.js';
import { makeFolder } from '../testing/make-folder.js';
import { runPython } from '../testing/run-python.js';
import { loadFirstWeights } from '../train/load-first-weights.js';
import { nameVariables, readWeights } from '../train/named-variables.js';
import { matchWeights } from './match-weights.js';
import { readWeightsFile } from './read-weights-file.js';
import type { NamedTensor } from './safetensors.js';

const shape = { ...networks.densenet121, inputSize: 64 };
let folder = '';
let remove = async () => {};
let expected: Record<'torchvision' | 'keras', number[]>;

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
  await runPython('write_torchvision.py', folder);
  expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'));
  await startBackend();
}, 300_000);
afterAll(() => remove());

it.each([
  ['torchvision.safetensors', 'torchvision'],
  ['torchvision.onnx', 'torchvision'],
  ['keras.safetensors', 'keras'],
] as const)('says the same as torch with the weights of %s', async (file, library) => {
  const network = buildDenseNet(shape);
  await loadFirstWeights(network, join(folder, file));
  expectSame(await predict(network), expected[library]);
});

it('says the same with Keras’ weights as TF.js saves them', async () => {
  const network = buildDenseNet(shape);
  const tensors = (await readWeightsFile(join(folder, 'keras.safetensors'))).map(({ name, shape, values }) => ({
    name,
    tensor: tf.tensor(values, [...shape]),
  }));
  const { data, specs } = await io.encodeWeights(tensors);
  const half = Math.floor(data.byteLength / 2);
  // In two files, as the converter splits large models.
  await writeFile(join(folder, 'shard1.bin'), new Uint8Array(data.slice(0, half)));
  await writeFile(join(folder, 'shard2.bin'), new Uint8Array(data.slice(half)));
  const manifest = [{ paths: ['shard1.bin', 'shard2.bin'], weights: specs }];
  await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology: {}, weightsManifest: manifest }));
  await loadFirstWeights(network, join(folder, 'model.json'));
  expectSame(await predict(network), expected.keras);
});

it('trains what was trained here further', async () => {
  const before = buildDenseNet(networks.tiny, { seed: 'before' });
  await writeBundle(join(folder, 'before'), 'tfjs', before, {
    name: 'Before',
    input: { width: 32, height: 32, channels: 1, resize: 'stretch', scale: 1 / 255, mean: [0], std: [1] },
    output: { activation: 'none' },
    studyAggregation: 'mean',
    threshold: 0.5,
  });
  const after = buildDenseNet(networks.tiny, { seed: 'after' });
  expect(readWeights(after)).not.toEqual(readWeights(before));
  await loadFirstWeights(after, join(folder, 'before', 'model.json'));
  expect(readWeights(after)).toEqual(readWeights(before));
});

it('keeps its own classifier where the file’s tells a thousand classes apart', async () => {
  const network = buildDenseNet(shape);
  const wanted = readWeights(network);
  const found = (await readWeightsFile(join(folder, 'torchvision.safetensors'))).map((tensor) =>
    tensor.name === 'classifier.weight'
      ? { ...tensor, shape: [1000, 1024], values: new Float32Array(1_024_000) }
      : tensor,
  );
  const matched = matchWeights('imagenet', found, wanted);
  expect(matched.size).toBe(wanted.length - 2);
  expect([...matched.keys()].filter((name) => name.startsWith('classifier'))).toEqual([]);
});

it('adds the three colours up for a network of grey images', async () => {
  const found = await readWeightsFile(join(folder, 'torchvision.safetensors'));
  const matched = matchWeights('file', found, readWeights(buildDenseNet({ ...shape, channels: 1 })));
  const theirs = found.find(({ name }) => name === 'features.conv0.weight')?.values ?? [];
  const ours = matched.get('features.conv0/kernel');
  expect(ours?.shape).toEqual([7, 7, 1, 64]);
  // Their order is filters × colours × height × width.
  const at = (filter: number, colour: number, place: number) =>
    theirs[(filter * 3 + colour) * 49 + place] ?? Number.NaN;
  for (const [filter, place] of [
    [0, 0],
    [5, 17],
    [63, 48],
  ] as const) {
    const sum = at(filter, 0, place) + at(filter, 1, place) + at(filter, 2, place);
    expect(ours?.values[place * 64 + filter]).toBeCloseTo(sum, 6);
  }
});

it('lists what is missing, of another shape, left over and there twice', async () => {
  const found = await readWeightsFile(join(folder, 'torchvision.safetensors'));
  const spoiled = found.flatMap((tensor): NamedTensor[] => {
    if (tensor.name === 'features.norm5.bias') return [];
    if (tensor.name === 'features.conv0.weight') return [{ ...tensor, shape: [64, 3, 7, 6] }];
    if (tensor.name === 'features.norm0.weight') return [tensor, { ...tensor, name: 'module.features.norm0.weight' }];
    return [tensor];
  });
  const more = [...spoiled, { name: 'head.weight', shape: [1], values: new Float32Array(1) }];
  const problems = catchProblems(() => matchWeights('file', more, readWeights(buildDenseNet(shape))));
  expect(problems).toEqual([
    'features.norm0.weight is there twice.',
    'features.conv0.weight is [64, 3, 7, 6]; expected [7, 7, 3, 64], or that in torch’s order.',
    'features.norm5.bias is missing.',
    'head.weight is left over: the network has no place for it.',
  ]);
});

it('refuses the weights of another DenseNet', async () => {
  const found = await readWeightsFile(join(folder, 'torchvision.safetensors'));
  const wanted = readWeights(buildDenseNet({ ...networks.densenet169, inputSize: 64 }));
  expect(catchProblems(() => matchWeights('file', found, wanted)).length).toBeGreaterThan(100);
});

it.each([
  ['weights.h5', 'of no kind'],
  ['broken.safetensors', 'can’t be read'],
  ['broken.onnx', 'can’t be read'],
])('says of %s that it is %s', async (name, words) => {
  await writeFile(join(folder, name), 'no weights at all');
  await expect(readWeightsFile(join(folder, name))).rejects.toThrow(words);
});

async function predict(network: ReturnType<typeof buildDenseNet>): Promise<number[]> {
  const bytes = await readFile(join(folder, 'images.bin'));
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const images = tf.tensor4d(values, [2, 64, 64, 3]);
  const probabilities = [...((network.predict(images) as tf.Tensor).dataSync() as Float32Array)];
  // Later networks must not find the memory taken by earlier ones.
  for (const { variable } of nameVariables(network.weights)) variable.dispose();
  return probabilities;
}

function expectSame(found: readonly number[], expectedValues: readonly number[]): void {
  expect(found).toHaveLength(expectedValues.length);
  // Weights by chance must not have made every image certain, or all would be the same.
  for (const value of expectedValues) expect(Math.abs(value - 0.5)).toBeLessThan(0.499);
  for (const [place, value] of found.entries()) expect(value).toBeCloseTo(expectedValues[place] ?? Number.NaN, 4);
}

function catchProblems(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof BaselineError) return error.problems;
    throw error;
  }
  throw new Error('An error was expected.');
}
