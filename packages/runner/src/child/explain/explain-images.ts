import type { HeatMapMethod, ResolvedModelManifest } from '@holdout/contracts';
import { type Prediction, takeRows } from '../../engines/engine.js';
import type { ExplainedImage } from '../../protocol.js';
import type { BatchSource } from '../batch-source.js';
import { readProbabilities } from '../read-probabilities.js';
import { type Grid, mapClassActivation } from './class-activation.js';
import { coverSquare, mapFalls, planOcclusion } from './occlusion.js';

export interface Explaining {
  readonly manifest: ResolvedModelManifest;
  readonly imageCount: number;
  readonly method: HeatMapMethod;
  /** Has begun this list. */
  readonly batches: BatchSource;
  readonly predict: (values: Float32Array, count: number, extraOutputs?: readonly string[]) => Promise<Prediction>;
  readonly onProgress: (imagesDone: number) => void;
}

/** Large enough to keep an engine busy, small enough for large inputs. */
const usualBatchSize = 8;

type Explained = Grid & { readonly probability: number };

/** Images of the list that lie in `values`, ready for the engine. */
interface Batch {
  readonly first: number;
  readonly count: number;
  readonly values: Float32Array;
}

/**
 * Where a model looks, image by image.
 *
 * @throws HoldoutError as a prediction does, and `cam_mismatch`
 */
export async function explainImages(explaining: Explaining): Promise<ExplainedImage[]> {
  const { imageCount, method, batches } = explaining;
  const explain = method === 'cam' ? activate : occlude;
  const maps: ExplainedImage[] = [];
  while (batches.left > 0) {
    batches.orderAhead(batchSizeOf(explaining), 1);
    const first = imageCount - batches.left;
    const batch = await batches.next();
    maps.push(...(await explain(explaining, { first, ...batch })));
    batches.giveBack(batch);
  }
  return maps;
}

function batchSizeOf({ manifest }: Explaining): number {
  return manifest.input.fixedBatchSize ?? usualBatchSize;
}

async function activate(
  { manifest, imageCount, predict, onProgress }: Explaining,
  { first, count, values }: Batch,
): Promise<Explained[]> {
  const { cam, engine, output, input } = manifest;
  if (!cam) throw new Error('This manifest names no feature maps.');
  // All places of a fixed batch are asked for, so that nothing is taken off the weights, which are not one an image.
  const given = input.fixedBatchSize ?? count;
  const predicted = await predict(values, given, [cam.features, cam.weights]);
  const [features, weights] = predicted.extras;
  if (!features || !weights) throw new Error('The model gave no feature maps.');
  const outputs = predicted.values.length / given;
  const own = takeRows(Float64Array.from(predicted.values), predicted.shape, given, count);
  const batch = { first, count, total: imageCount };
  const probabilities = readProbabilities(output, own.values, own.shape, batch);
  const grids = mapClassActivation(features, weights, { count, outputs, index: output.index, engine });
  onProgress(first + count);
  return grids.map((grid, place) => ({ ...grid, probability: probabilities[place] ?? 0 }));
}

async function occlude(explaining: Explaining, { first, count, values }: Batch): Promise<Explained[]> {
  const { manifest, imageCount, predict, onProgress } = explaining;
  const { input, output } = manifest;
  const batchSize = batchSizeOf(explaining);
  const imageValues = input.width * input.height * input.channels;
  const plan = planOcclusion(input);
  const copies = new Float32Array(batchSize * imageValues);
  const explained: Explained[] = [];
  for (let place = 0; place < count; place += 1) {
    const image = values.subarray(place * imageValues, (place + 1) * imageValues);
    const probabilities: number[] = [];
    // The first is the image itself.
    const squares = [{ left: 0, top: 0, right: 0, bottom: 0 }, ...plan.squares];
    for (let next = 0; next < squares.length; next += batchSize) {
      const some = squares.slice(next, next + batchSize);
      for (const [copy, square] of some.entries()) coverSquare(image, square, input, copies, copy * imageValues);
      const predicted = await predict(copies, some.length);
      const batch = { first: first + place, count: some.length, total: imageCount };
      probabilities.push(...readProbabilities(output, predicted.values, predicted.shape, batch));
    }
    const [whole = 0, ...covered] = probabilities;
    explained.push({ ...mapFalls(plan, whole, covered), probability: whole });
    onProgress(first + place + 1);
  }
  return explained;
}
