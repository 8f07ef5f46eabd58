import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BaselineError } from '../baseline-error.js';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { networks } from '../densenet/networks.js';
import { writeBundle } from '../export/write-bundle.js';
import { startBackend } from '../gradients/start-backend.js';
import { makeFolder } from '../testing/make-folder.js';
import { runPython } from '../testing/run-python.js';
import { convertToGraph, convertToLayers, writeTfjsWeights } from '../testing/write-tfjs-weights.js';
import { loadFirstWeights } from '../train/load-first-weights.js';
import { nameVariables, readWeights } from '../train/named-variables.js';
import { normalizeAgain } from '../train/normalize-again.js';
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
  ['keras.onnx', 'keras'],
  ['predicting.onnx', 'torchvision'],
] as const)('says the same as torch with the weights of %s', async (file, library) => {
  const network = buildDenseNet(shape);
  await loadFirstWeights(network, join(folder, file));
  expectSame(await predict(network), expected[library]);
});

it.each(['keras', 'torchvision'] as const)(
  'says the same with the weights of %s as TF.js saves them',
  async (library) => {
    const network = buildDenseNet(shape);
    const { tensors } = await readWeightsFile(join(folder, `${library}.safetensors`));
    await loadFirstWeights(network, await writeTfjsWeights(join(folder, `${library}.json`), { tensors, topology: {} }));
    expectSame(await predict(network), expected[library]);
  },
);

/** Those that a converter can put into the convolution before them. */
const isFolded = (layer: string) => /norm[02]$/.test(layer);

it.each([
  ['keras', 'a graph model of TensorFlow’s operations', convertToGraph],
  ['keras', 'a graph model that only predicts', (network: LayersModel) => convertToGraph(network, isFolded)],
  ['torchvision', 'a layers model whose layers are called anything', convertToLayers],
] as const)('says the same with the weights of %s in %s', async (library, _, convert) => {
  const known = buildDenseNet(shape);
  await loadFirstWeights(known, join(folder, `${library}.safetensors`));
  const network = buildDenseNet(shape, { seed: 'other' });
  await loadFirstWeights(network, await writeTfjsWeights(join(folder, 'converted.json'), convert(known)));
  expectSame(await predict(network), expected[library]);
  await predict(known);
});

it('normalises again what was put into convolutions, and says the same', async () => {
  const known = buildDenseNet(shape);
  await loadFirstWeights(known, join(folder, 'torchvision.safetensors'));
  const network = buildDenseNet(shape, { seed: 'other' });
  const folded = await loadFirstWeights(network, join(folder, 'predicting.onnx'));
  expect(folded.length).toBe(known.layers.filter(({ name }) => isFolded(name)).length);
  const values = new Float32Array(new Uint8Array(await readFile(join(folder, 'images.bin'))).buffer);
  async function* batches() {
    for (const place of [0, 1]) {
      yield { places: [place], values: values.slice((place * values.length) / 2, ((place + 1) * values.length) / 2) };
    }
  }
  const before = tf.memory().numTensors;
  await normalizeAgain(network, folded, batches());
  expect(tf.memory().numTensors).toBe(before);

  // γ and β are the deviation and mean that the normalisation gave these images in the network that has it still.
  const { deviations, averages } = tf.tidy(() => {
    const conv0 = model({ inputs: known.inputs, outputs: known.getLayer('features.conv0').output });
    const maps = conv0.predict(tf.tensor4d(values, [2, 64, 64, 3])) as tf.Tensor4D;
    const [gamma, beta, mean, variance] = known.getLayer('features.norm0').getWeights() as tf.Tensor1D[];
    if (!gamma || !beta || !mean || !variance) throw new Error('There is no normalisation.');
    const moments = tf.moments(tf.batchNorm4d(maps, mean, variance, beta, gamma, 1e-5), [0, 1, 2]);
    return { deviations: [...tf.sqrt(moments.variance).dataSync()], averages: [...moments.mean.dataSync()] };
  });
  const [gamma, beta] = network
    .getLayer('features.norm0')
    .getWeights()
    .map((weight) => [...weight.dataSync()]);
  for (const [channel, deviation] of deviations.entries()) expect(gamma?.[channel]).toBeCloseTo(deviation, 3);
  for (const [channel, average] of averages.entries()) expect(beta?.[channel]).toBeCloseTo(average, 3);
  expectSame(await predict(network), expected.torchvision);
  await predict(known);
});

it('says what it could read where layers are missing', async () => {
  const network = buildDenseNet(shape);
  const { topology, tensors } = convertToGraph(network, (layer) =>
    layer.startsWith('features.denseblock2.denselayer1.conv2'),
  );
  const path = await writeTfjsWeights(join(folder, 'fewer.json'), { topology, tensors });
  const error = await loadFirstWeights(network, path).catch((error: unknown) => error);
  expect(error).toMatchObject({
    next: expect.stringMatching(/Name the --network.*layers model of TF\.js/),
    problems: [
      'Its weights have other names, and its layers are 119 convolutions, 121 normalisations, 1 classifier; expected 120 ' +
        'convolutions, 121 normalisations, 1 classifier, one after the other.',
    ],
  });
});

it('says the same as torch with all of DenseNet-169', { timeout: 600_000 }, async () => {
  const large = join(folder, 'densenet169');
  await mkdir(large);
  await runPython('write_torchvision.py', large, 'densenet169');
  const told = JSON.parse(await readFile(join(large, 'expected.json'), 'utf8'));
  for (const library of ['torchvision', 'keras']) {
    const network = buildDenseNet({ ...networks.densenet169, inputSize: 64 });
    await loadFirstWeights(network, join(large, `${library}.onnx`));
    expectSame(await predict(network, large), told[library]);
  }
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
  const found = (await readWeightsFile(join(folder, 'torchvision.safetensors'))).tensors.map((tensor) =>
    tensor.name === 'classifier.weight'
      ? { ...tensor, shape: [1000, 1024], values: new Float32Array(1_024_000) }
      : tensor,
  );
  const { weights: matched } = matchWeights('imagenet', found, wanted);
  expect(matched.size).toBe(wanted.length - 2);
  expect([...matched.keys()].filter((name) => name.startsWith('classifier'))).toEqual([]);
});

it('adds the three colours up for a network of grey images', async () => {
  const { tensors: found } = await readWeightsFile(join(folder, 'torchvision.safetensors'));
  const { weights: matched } = matchWeights('file', found, readWeights(buildDenseNet({ ...shape, channels: 1 })));
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
  const { tensors: found } = await readWeightsFile(join(folder, 'torchvision.safetensors'));
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
  const { tensors: found } = await readWeightsFile(join(folder, 'torchvision.safetensors'));
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

async function predict(network: LayersModel, from = folder): Promise<number[]> {
  const bytes = await readFile(join(from, 'images.bin'));
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
