import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normalizeBatch } from './normalize-batch.js';
import { startBackend } from './start-backend.js';

type Pad = 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];

/** Side of the input, channels in and out, side of the filter, stride, margin. */
const convolutions: readonly [number, number, number, number, number, Pad][] = [
  [9, 5, 3, 1, 1, 'same'],
  [9, 3, 5, 1, 1, 'same'],
  [9, 4, 6, 3, 1, 'same'],
  [8, 4, 6, 3, 1, 'valid'],
  [
    10,
    2,
    3,
    5,
    1,
    [
      [0, 0],
      [2, 1],
      [0, 2],
      [0, 0],
    ],
  ],
  // A margin that leaves a last column out.
  [
    16,
    1,
    4,
    7,
    2,
    [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  ],
  [
    15,
    3,
    4,
    7,
    2,
    [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  ],
  [11, 2, 3, 3, 2, 'same'],
];

it.each(convolutions)(
  'differentiates a convolution as the cpu does: %i, %i to %i channels, filter %i, stride %i, %j',
  async (side, inputs, outputs, filter, stride, pad) => {
    const x = fill([3, side, side, inputs], 1);
    const weights = fill([filter, filter, inputs, outputs], 2);
    const differentiate = () =>
      tf.grads((images, kernel) => {
        const result = tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);
        // Each output with a weight of its own.
        return tf.mul(result, fill(result.shape, 3).make());
      })([x.make(), weights.make()]);
    await expectSameOnBoth(differentiate);
  },
);

it('differentiates a normalisation as its formula taken apart does on the cpu', async () => {
  const x = fill([4, 5, 6, 7], 1);
  const [gamma, beta] = [fill([7], 2), fill([7], 3)];
  const apart = (maps: tf.Tensor4D, gain: tf.Tensor1D, shift: tf.Tensor1D) => {
    const mu = tf.mean(maps, [0, 1, 2]);
    const variance = tf.mean(tf.square(tf.sub(maps, mu)), [0, 1, 2]);
    return tf.relu(
      tf.add(tf.mul(tf.div(tf.sub(maps, mu), tf.sqrt(tf.add(variance, 1e-5))), gain), shift),
    ) as tf.Tensor4D;
  };
  const differentiate = (normalize: typeof apart) =>
    tf.grads((...args) => {
      const y = normalize(...(args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]));
      return tf.mul(y, fill(y.shape, 4).make());
    })([x.make(), gamma.make(), beta.make()]);
  await tf.setBackend('cpu');
  await tf.ready();
  const expected = differentiate(apart).map(read);
  const moments: number[][] = [];
  const closed: typeof apart = (maps, gain, shift) =>
    normalizeBatch(maps, gain, shift, 1e-5, (mu, variance) => moments.push(read(mu), read(variance)));
  await startBackend();
  const found = differentiate(closed).map(read);
  expectClose(found, expected);
  const maps = x.make() as tf.Tensor4D;
  const mu = tf.mean(maps, [0, 1, 2]);
  expectClose(moments, [read(mu), read(tf.mean(tf.square(tf.sub(maps, mu)), [0, 1, 2]))]);
});

async function expectSameOnBoth(differentiate: () => tf.Tensor[]): Promise<void> {
  await tf.setBackend('cpu');
  await tf.ready();
  const expected = differentiate().map(read);
  await startBackend();
  expectClose(differentiate().map(read), expected);
}

function expectClose(found: number[][], expected: number[][]): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const differences = found.map((values, place) =>
    Math.max(...values.map((value, index) => Math.abs(value - (expected[place]?.[index] ?? Number.NaN)))),
  );
  for (const difference of differences) expect(difference).toBeLessThan(1e-4);
}

/** Numbers around 0, the same for the same seed; made on the backend that is at work then. */
function fill(shape: number[], seed: number) {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, (_, place) => Math.sin(12.9898 * place + 78.233 * seed));
  return { make: () => tf.tensor(values, shape) };
}

function read(values: tf.Tensor): number[] {
  return [...values.dataSync()];
}
