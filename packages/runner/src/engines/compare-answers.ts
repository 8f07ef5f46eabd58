import type { ResolvedModelManifest } from '@holdout/contracts';
import { readProbabilities } from '../child/read-probabilities.js';
import type { EngineDevice, LoadedModel, LoadOptions } from './engine.js';

/** A model on some device, and the probability that it gave the image of the trial. */
export interface Trial {
  readonly model: LoadedModel;
  readonly answer: number;
}

/** What devices may differ by: they add up in another order, and each rounds in its own way. */
const largestDifference = 1e-3;

/**
 * Loads a model on a device and asks it for one image, which is noise, so that every weight has a part in the answer.
 *
 * @throws Error of the engine, or of an answer that is no probability
 */
export async function tryModel(device: EngineDevice, options: LoadOptions): Promise<Trial> {
  const { manifest } = options;
  const model = await device.load(options);
  try {
    const { values, shape } = await model.predict(drawNoise(manifest.input), 1);
    const [answer = Number.NaN] = readProbabilities(manifest.output, values, shape, { first: 0, count: 1, total: 1 });
    return { model, answer };
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** @throws Error where the answer of a device, whose model is then released, is not that of the processor */
export async function compareAnswers(answer: number, expected: number, model: LoadedModel): Promise<void> {
  if (Math.abs(answer - expected) <= largestDifference) return;
  await model.release();
  throw new Error(`it gives an image ${answer.toFixed(5)}, and the processor gives it ${expected.toFixed(5)}`);
}

/** A batch whose images are noise of all greys, made ready as any image is; always the same. */
function drawNoise({
  width,
  height,
  channels,
  layout,
  scale,
  mean,
  std,
  fixedBatchSize,
}: ResolvedModelManifest['input']) {
  const pixels = width * height;
  const values = new Float32Array((fixedBatchSize ?? 1) * pixels * channels);
  let state = 1;
  for (let place = 0; place < values.length; place += 1) {
    // Park and Miller's generator, of 1988.
    state = (state * 48_271) % 2_147_483_647;
    const channel = layout === 'nchw' ? Math.floor(place / pixels) % channels : place % channels;
    values[place] = ((state % 256) * scale - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  }
  return values;
}
