import { InferenceSession, Tensor } from 'onnxruntime-node';
import { densenetSide } from './make-densenet169.js';
import { createRandom } from './random.js';

/**
 * A program of its own, as the worker's engine is one: onnxruntime-node on tensors that are already in memory. No
 * image is decoded and no result is looked at, so the same session could not do it faster.
 *
 * Arguments: the model, the threads, the batch size. For each number of images that its parent sends, it answers
 * with the seconds that their inference took.
 */
const [modelPath = '', threads, batchSize] = process.argv.slice(2);
const batch = Number(batchSize);
const session = await InferenceSession.create(modelPath, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  graphOptimizationLevel: 'all',
});
const random = createRandom(3);
const imageLength = 3 * densenetSide ** 2;
const pixels = Float32Array.from({ length: batch * imageLength }, () => 4 * random() - 2);

process.on('message', async (images: number) => {
  const start = performance.now();
  for (let left = images; left > 0; left -= batch) await predict(Math.min(left, batch));
  process.send?.((performance.now() - start) / 1000);
});

async function predict(images: number): Promise<void> {
  const data = pixels.subarray(0, images * imageLength);
  await session.run({ input: new Tensor('float32', data, [images, 3, densenetSide, densenetSide]) });
}
