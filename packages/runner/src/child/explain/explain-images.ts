import type { HeatMap, HeatMapMethod, ResolvedModelManifest } from '@holdout/contracts';
import { defaultBatchSize, type LoadedModel, type Prediction } from '../../engines/engine.js';
import { type Batch, readBatches } from '../../images/batches.js';
import { findArea } from '../../images/find-area.js';
import { readProbabilities } from '../read-probabilities.js';
import { type Grid, mapClassActivation } from './class-activation.js';
import { coverSquare, mapFalls, planOcclusion } from './occlusion.js';

export interface Explaining {
  readonly manifest: ResolvedModelManifest;
  readonly images: readonly string[];
  readonly method: HeatMapMethod;
  /** Waits until the model is loaded. */
  readonly finishLoading: () => Promise<LoadedModel>;
  readonly predict: (
    model: LoadedModel,
    values: Float32Array,
    count: number,
    extraOutputs?: readonly string[],
  ) => Promise<Prediction>;
  readonly onProgress: (imagesDone: number) => void;
}

type Explained = Grid & { readonly probability: number };

/**
 * Where a model looks, image by image.
 *
 * @throws HoldoutError as a prediction does, and `cam_mismatch`; ImageUnreadable
 */
export async function explainImages(explaining: Explaining): Promise<HeatMap[]> {
  const { manifest, images, method, finishLoading } = explaining;
  const batchSize = manifest.input.fixedBatchSize ?? defaultBatchSize;
  const batches = readBatches(images, manifest.input, batchSize);
  const model = await finishLoading();
  const maps: HeatMap[] = [];
  for await (const batch of batches) {
    const explain = method === 'cam' ? activate : occlude;
    const explained = await explain(explaining, model, batch);
    for (const [place, { width, height, values, probability }] of explained.entries()) {
      const area = await findArea(images[batch.first + place] ?? '', manifest.input);
      maps.push({ method, probability, width, height, values, area });
    }
  }
  return maps;
}

async function activate(
  { manifest, images, predict, onProgress }: Explaining,
  model: LoadedModel,
  { first, count, values }: Batch,
): Promise<Explained[]> {
  const { cam, engine, output, input } = manifest;
  if (!cam) throw new Error('This manifest names no feature maps.');
  // All places of a fixed batch are asked for, so that nothing is taken off the weights, which are not one an image.
  const given = input.fixedBatchSize ?? count;
  const predicted = await predict(model, values, given, [cam.features, cam.weights]);
  const [features, weights] = predicted.extras;
  if (!features || !weights) throw new Error('The model gave no feature maps.');
  const outputs = predicted.values.length / given;
  const batch = { first, count: given, total: Math.max(images.length, first + given) };
  const probabilities = readProbabilities(output, predicted.values, predicted.shape, batch);
  const grids = mapClassActivation(features, weights, { count, outputs, index: output.index, engine });
  onProgress(first + count);
  return grids.map((grid, place) => ({ ...grid, probability: probabilities[place] ?? 0 }));
}

async function occlude(
  { manifest: { input, output }, images, predict, onProgress }: Explaining,
  model: LoadedModel,
  { first, count, values }: Batch,
): Promise<Explained[]> {
  const imageValues = input.width * input.height * input.channels;
  const plan = planOcclusion(input);
  const copies = new Float32Array(model.batchSize * imageValues);
  const explained: Explained[] = [];
  for (let place = 0; place < count; place += 1) {
    const image = values.subarray(place * imageValues, (place + 1) * imageValues);
    const probabilities: number[] = [];
    // The first is the image itself.
    const squares = [{ left: 0, top: 0, right: 0, bottom: 0 }, ...plan.squares];
    for (let next = 0; next < squares.length; next += model.batchSize) {
      const some = squares.slice(next, next + model.batchSize);
      for (const [copy, square] of some.entries()) coverSquare(image, square, input, copies, copy * imageValues);
      const predicted = await predict(model, copies, some.length);
      const batch = { first: first + place, count: some.length, total: images.length };
      probabilities.push(...readProbabilities(output, predicted.values, predicted.shape, batch));
    }
    const [whole = 0, ...covered] = probabilities;
    explained.push({ ...mapFalls(plan, whole, covered), probability: whole });
    onProgress(first + place + 1);
  }
  return explained;
}
