import type { ResolvedModelManifest } from '@holdout/contracts';
import { readProbabilities } from '../child/read-probabilities.js';
import type { EngineDevice, LoadedModel, LoadOptions, Output } from './engine.js';

/** A model on some device, and what came of giving it an image. */
interface Trial {
  readonly model: LoadedModel;
  /** The probability that it gave the image. */
  readonly answer: number;
  /** How long it took once all was warm; 0 where nobody needs to know. */
  readonly seconds: number;
}

/** A model that gave a device's answer to one image, whatever that was. */
export interface TriedModel {
  readonly device: EngineDevice;
  readonly model: LoadedModel;
  readonly output: Output;
}

/** What devices may differ by: they add up in another order, and each rounds in its own way. */
const largestDifference = 1e-3;

/**
 * Loads a model on a device and asks it for one image, which is noise, so that every weight has a part in the answer.
 *
 * @throws Error of the engine
 */
export async function tryModel(device: EngineDevice, options: LoadOptions): Promise<TriedModel> {
  const model = await device.load(options);
  try {
    return { device, model, output: await model.predict(drawNoise(options.manifest.input), 1) };
  } catch (error) {
    await model.release();
    throw error;
  }
}

/**
 * @throws Error where a GPU, whose model is then released, gives another answer than the processor or one that is no
 *   probability, or where it lacks operations and is slower than the processor by itself
 */
export async function compareModels(
  ofGpu: TriedModel,
  ofProcessor: TriedModel,
  manifest: LoadOptions['manifest'],
): Promise<void> {
  try {
    const isTimed = ofGpu.model.isMixed;
    const [found, expected] = [await judge(ofGpu, manifest, isTimed), await judge(ofProcessor, manifest, isTimed)];
    const objection = findObjection(found, expected);
    if (objection !== null) throw new Error(objection);
  } catch (error) {
    await ofGpu.model.release();
    throw error;
  }
}

/** @throws HoldoutError of an answer that is no probability */
async function judge(
  { model, output }: TriedModel,
  manifest: LoadOptions['manifest'],
  isTimed: boolean,
): Promise<Trial> {
  const place = { first: 0, count: 1, total: 1 };
  const [answer = Number.NaN] = readProbabilities(manifest.output, output.values, output.shape, place);
  if (!isTimed) return { model, answer, seconds: 0 };
  const startedAt = performance.now();
  await model.predict(drawNoise(manifest.input), 1);
  return { model, answer, seconds: (performance.now() - startedAt) / 1000 };
}

export function findObjection(ofGpu: Trial, ofProcessor: Trial): string | null {
  const [found, expected] = [ofGpu.answer, ofProcessor.answer];
  if (Math.abs(found - expected) > largestDifference) {
    return `it gives an image ${found.toFixed(5)}, and the processor gives it ${expected.toFixed(5)}.`;
  }
  if (!ofGpu.model.isMixed || ofGpu.seconds < ofProcessor.seconds) return null;
  const show = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;
  const times = `an image takes ${show(ofGpu.seconds)}, and on the processor alone ${show(ofProcessor.seconds)}.`;
  return `it lacks some of this model’s operations, and with those on the processor ${times}`;
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
