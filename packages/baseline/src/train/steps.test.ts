import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabelledImage } from '../data/read-split.js';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { networks } from '../densenet/networks.js';
import { startBackend } from '../gradients/start-backend.js';
import { Adam } from './adam.js';
import { countStudies } from './end-epoch.js';
import { readWeights } from './named-variables.js';
import { NetworkTrainer } from './network-trainer.js';
import { adjustPace } from './plateau.js';
import { placeMember } from './training-state.js';

beforeAll(() => startBackend());

describe('Adam', () => {
  it('moves a variable as the algorithm says, step by step', () => {
    const variable = tf.variable(tf.tensor1d([1, -2]));
    const adam = new Adam([{ name: 'x', variable }]);
    const gradients = [
      [0.5, -1],
      [0.1, 2],
      [-0.3, 0],
    ];
    const expected = [1, -2].map((start, place) => {
      let [value, first, second] = [start, 0, 0];
      for (const [index, gradient] of gradients.entries()) {
        const g = gradient[place] ?? 0;
        first = 0.9 * first + 0.1 * g;
        second = 0.999 * second + 0.001 * g * g;
        const t = index + 1;
        value -= (0.01 * (first / (1 - 0.9 ** t))) / (Math.sqrt(second / (1 - 0.999 ** t)) + 1e-8);
      }
      return value;
    });
    for (const gradient of gradients) adam.apply({ [variable.name]: tf.tensor1d(gradient) }, 0.01);
    expect(adam.steps).toBe(3);
    for (const [place, value] of [...variable.dataSync()].entries()) expect(value).toBeCloseTo(expected[place] ?? 0, 6);
  });

  it('leaves no tensor behind', () => {
    const variable = tf.variable(tf.tensor1d([1, -2]));
    const adam = new Adam([{ name: 'x', variable }]);
    const step = () => {
      const gradient = tf.tensor1d([1, 2]);
      adam.apply({ [variable.name]: gradient }, 0.01);
      gradient.dispose();
    };
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a network that learns', () => {
  it('has the loss of the formula, weighed by the image', () => {
    // One weight, no bias: the logit is its value times the weight.
    const image = input({ shape: [1], name: 'image' });
    const logit = layers.dense({ name: 'classifier', units: 1, useBias: false }).apply(image) as SymbolicTensor;
    const probability = layers.activation({ name: 'probability', activation: 'sigmoid' }).apply(logit);
    const network = model({ inputs: image, outputs: probability as SymbolicTensor });
    network.setWeights([tf.tensor2d([[2]])]);
    const logits = [-1, 0.5, 60].map((value) => 2 * value);
    const [labels, weights] = [
      [1, 0, 0],
      [0.25, 0.75, 0.5],
    ];
    const losses = logits.map((z, place) => {
      const [y, w] = [labels[place] ?? 0, weights[place] ?? 0];
      // Of p = 1 − e^−120, log(1 − p) is −120.
      return w * (y === 1 ? Math.log(1 + Math.exp(-z)) : z > 100 ? z : Math.log(1 + Math.exp(z)));
    });
    const trainer = new NetworkTrainer(network);
    const values = Float32Array.from([-1, 0.5, 60]);
    const { lossSum, probabilities } = trainer.judge({ values, labels, weights });
    expect(probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(2)), 5);
    expect(lossSum).toBeCloseTo(
      losses.reduce((sum, loss) => sum + loss, 0),
      4,
    );
  });

  it('learns a few images by heart, and leaves no tensor behind', () => {
    const trainer = new NetworkTrainer(buildDenseNet(networks.tiny, { seed: 'heart' }));
    const { inputSize } = networks.tiny;
    const values = Float32Array.from({ length: 4 * inputSize ** 2 }, (_, place) => Math.sin(place ** 1.5));
    const batch = { values, labels: [0, 1, 1, 0], weights: [0.5, 0.5, 0.5, 0.5] };
    const first = trainer.learn(batch, 0.01);
    const before = tf.memory().numTensors;
    let last = first;
    for (let step = 0; step < 60; step += 1) last = trainer.learn(batch, 0.01);
    expect(last).toBeLessThan(first / 3);
    expect(tf.memory().numTensors).toBe(before);
    // The moving statistics have come to those of the images, so it predicts what it has learned.
    const { probabilities } = trainer.judge(batch);
    expect([...probabilities].map((probability) => (probability > 0.5 ? 1 : 0))).toEqual(batch.labels);
    expect(readWeights(trainer.network).every(({ values }) => values.every(Number.isFinite))).toBe(true);
  });
});

describe('a batch in parts, where memory is short', () => {
  const imageValues = networks.tiny.inputSize ** 2;
  /** Images that differ in brightness and contrast, so that each part has another mean and variance. */
  const draw = (first: number, count: number) => ({
    values: Float32Array.from({ length: count * imageValues }, (_, at) => {
      const image = first + Math.floor(at / imageValues);
      return 0.2 * image + (1 + image) * Math.sin((at % imageValues) ** (1.3 + image / 20));
    }),
    labels: Array.from({ length: count }, (_, at) => (first + at) % 2),
    weights: Array.from({ length: count }, (_, at) => 0.3 + 0.1 * ((first + at) % 3)),
  });
  const imageBytes = () => 8 * buildDenseNet(networks.tiny).layers.reduce((sum, layer) => sum + countValues(layer), 0);
  /** One step of three images: as many at once. */
  const learn = (batch: ReturnType<typeof draw>, imagesAtOnce: number) => {
    const trainer = new NetworkTrainer(buildDenseNet(networks.tiny, { seed: 'parts' }), imagesAtOnce * imageBytes());
    const loss = trainer.learn(batch, 0.01);
    const find = (name: string) =>
      [...readWeights(trainer.network), ...trainer.adam.read()].find((each) => each.name === name);
    return { loss, read: (name: string) => [...(find(name)?.values ?? [])] };
  };

  it('makes one step, by the mean over all of it', () => {
    const [parts, one, other] = [learn(draw(0, 3), 2), learn(draw(0, 2), 2), learn(draw(2, 1), 2)];
    const mean = (some: number, more: number) => (2 * some + more) / 3;
    expect(parts.loss).toBeCloseTo(mean(one.loss, other.loss), 5);
    for (const name of ['first/features.conv0/kernel', 'first/classifier/kernel']) {
      const [ones, others] = [one.read(name), other.read(name)];
      for (const [place, moment] of parts.read(name).entries()) {
        expect(moment).toBeCloseTo(mean(ones[place] ?? Number.NaN, others[place] ?? Number.NaN), 5);
      }
    }
    // Each part is normalised by itself, which is another thing than all at once.
    expect(Math.abs(parts.loss - learn(draw(0, 3), 3).loss)).toBeGreaterThan(1e-4);
  });

  it('moves the statistics that it predicts by as all of it at once does', () => {
    const [parts, whole] = [learn(draw(0, 3), 2), learn(draw(0, 3), 3)];
    // Before the first normalisation nothing was normalised.
    for (const name of ['features.norm0/moving_mean', 'features.norm0/moving_variance']) {
      const expected = whole.read(name);
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
      for (const [place, value] of parts.read(name).entries()) expect(value / (expected[place] ?? 0)).toBeCloseTo(1, 4);
    }
  });
});

function countValues({ outputShape }: { outputShape: unknown }): number {
  return (outputShape as (number | null)[]).reduce<number>((product, side) => product * (side ?? 1), 1);
}

describe('the learning rate', () => {
  it('is divided by 10 after as many epochs without a lower loss as were allowed', () => {
    const losses = [0.5, 0.4, 0.41, 0.4, 0.42, 0.39, 0.5, 0.5];
    const countDivisions = (rate: number) => Math.round(Math.log10(1 / rate));
    const rates = (patience: number) => {
      let pace = { learningRate: 1, lowestLoss: null as number | null, epochsWithout: 0 };
      return losses.map((loss) => {
        pace = adjustPace(pace, loss, patience);
        return pace.learningRate;
      });
    };
    expect(rates(1).map(countDivisions)).toEqual([0, 0, 1, 2, 3, 3, 4, 5]);
    expect(rates(2).map(countDivisions)).toEqual([0, 0, 0, 1, 1, 1, 1, 2]);
  });
});

it('keeps the networks of lowest loss, the earlier one of two alike', () => {
  const member = (epoch: number, validationLoss: number) => ({ epoch, validationLoss, kappa: null });
  const kept = [member(2, 0.3), member(1, 0.4)];
  expect(placeMember(kept, member(3, 0.35), 2).map(({ epoch }) => epoch)).toEqual([2, 3]);
  expect(placeMember(kept, member(3, 0.4), 2).map(({ epoch }) => epoch)).toEqual([2, 1]);
  expect(placeMember(kept, member(3, 0.5), 3).map(({ epoch }) => epoch)).toEqual([2, 1, 3]);
});

it('calls a study abnormal by the mean over its images', () => {
  const make = (study: string, label: 0 | 1): LabelledImage => ({ path: '', study, studyType: 'hand', label });
  const images = [make('a', 1), make('b', 0), make('a', 1), make('c', 0), make('d', 1)];
  expect(countStudies(images, [0.2, 0.9, 0.9, 0.5, 0.4])).toEqual({
    truePositive: 1,
    falsePositive: 1,
    trueNegative: 1,
    falseNegative: 1,
  });
});
