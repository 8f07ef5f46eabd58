import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoSets, generateStudies } from '@holdout/testset';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { noAugmentation, writeImage } from '../data/augment.js';
import { createImageStore } from '../data/image-store.js';
import { convertToOnnx } from '../onnx/convert-to-onnx.js';
import { transpose } from '../onnx/transpose.js';
import { makeFolder } from '../testing/make-folder.js';
import { loadNetwork } from './load-network.js';

const demo = fileURLToPath(new URL('../../demo/densenet', import.meta.url));

it('says the same as TF.js and as ONNX of every image of the demo', async () => {
  const { folder, remove } = await makeFolder();
  const { network, words } = await loadNetwork(demo, {});
  const { width: inputSize = 0, channels = 1, mean = [], std = [] } = words.input;
  const input = { inputSize, channels, mean, std };
  const store = createImageStore(input, 0);
  const session = await InferenceSession.create(convertToOnnx(network), { intraOpNumThreads: 1 });
  const shape: [number, number, number, number] = [1, inputSize, inputSize, channels];
  const values = new Float32Array(inputSize ** 2 * channels);
  let [images, largest] = [0, 0];
  const probabilities: number[] = [];
  for (const set of [demoSets.sample, demoSets.practice, demoSets.hidden]) {
    for await (const study of generateStudies(set)) {
      for (const { png } of study.images) {
        const path = join(folder, 'image.png');
        await writeFile(path, png);
        writeImage(await store.read(path), input, noAugmentation, values, 0);
        const expected = tf.tidy(() => (network.predict(tf.tensor4d(values, shape)) as tf.Tensor).dataSync()[0]);
        const planes = transpose(values, shape, [0, 3, 1, 2]);
        const feed = { image: new Tensor('float32', planes, [1, channels, inputSize, inputSize]) };
        const { probability } = await session.run(feed);
        const difference = Math.abs(Number(probability?.data[0]) - (expected ?? Number.NaN));
        largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
        probabilities.push(expected ?? Number.NaN);
        images += 1;
      }
    }
  }
  await remove();
  expect(images).toBe(28 + 154 + 556);
  // A network that calls all alike would agree with anything.
  expect(Math.max(...probabilities) - Math.min(...probabilities)).toBeGreaterThan(0.5);
  expect(largest).toBeLessThan(1e-4);
}, 600_000);
