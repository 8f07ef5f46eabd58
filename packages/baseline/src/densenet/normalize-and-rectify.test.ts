import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend, type Tensor, tensor4d } from '@tensorflow/tfjs-core';
import { input, model } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { NormalizeAndRectify, Rectified } from './normalize-and-rectify.js';

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

it('is normalised by its batch while it is trained, and later by statistics that each step moves by a tenth', () => {
  const image = input({ shape: [1, 2, 1] });
  const normal = new NormalizeAndRectify({ name: 'norm', epsilon: 0 });
  const network = model({ inputs: image, outputs: new Rectified({}).apply(normal.apply(image)) as typeof image });
  // A mean of 4 and a variance of 4.
  const batch = tensor4d([2, 6, 2, 6], [2, 1, 2, 1]);
  const trained = network.apply(batch, { training: true }) as Tensor;
  expect([...trained.dataSync()]).toEqual([0, 1, 0, 1]);
  normal.moveStatistics();
  const [, , mean, variance] = normal.getWeights().map((weight) => weight.dataSync()[0]);
  expect(mean).toBeCloseTo(0.4, 6);
  expect(variance).toBeCloseTo(1.3, 6);
  const predicted = [...(network.predict(batch) as Tensor).dataSync()];
  for (const [place, value] of [2, 6, 2, 6].entries()) {
    expect(predicted[place]).toBeCloseTo((value - 0.4) / Math.sqrt(1.3), 5);
  }
  expect((network.predict(tensor4d([-2, 0], [1, 1, 2, 1])) as Tensor).dataSync()).toEqual(new Float32Array(2));
});
