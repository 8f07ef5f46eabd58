import { BaselineError } from '../baseline-error.js';
import { drawAugmentation } from '../data/augment.js';
import { drawOrder, prepareBatches } from '../data/batches.js';
import type { ImageInput, ImageStore } from '../data/image-store.js';
import type { LabelledImage } from '../data/read-split.js';
import { readWeights } from './named-variables.js';
import type { NetworkTrainer } from './network-trainer.js';
import type { TrainOptions } from './train.js';
import type { TrainingFolder } from './training-folder.js';
import type { TrainingState } from './training-state.js';

/** Images to learn from or to be judged on. */
export interface ImageSet {
  readonly images: readonly LabelledImage[];
  /** What an error on each image weighs. */
  readonly weights: readonly number[];
  readonly store: ImageStore;
  readonly input: ImageInput;
}

type Options = Pick<TrainOptions, 'signal' | 'listener' | 'checkpointSeconds'>;

/**
 * Learns what is left of an epoch. Its order and its augmentation are drawn from the seed, the epoch and the image alone,
 * so they are the same wherever it goes on.
 */
export async function learnEpoch(
  state: TrainingState,
  trainer: NetworkTrainer,
  set: ImageSet,
  folder: TrainingFolder,
  { signal, listener, checkpointSeconds }: Options,
): Promise<TrainingState> {
  const { seed, batchSize } = state.settings;
  const epoch = state.epochs + 1;
  const startedAt = performance.now();
  let keptAt = startedAt;
  let current = state;
  const order = drawOrder(seed, epoch, set.images.length);
  const augmentationOf = (place: number) => drawAugmentation(seed, epoch, place);
  for await (const batch of prepareBatches({ ...set, order, batchSize, skip: state.batches, augmentationOf })) {
    const loss = trainer.learn(addLabels(batch, set), state.pace.learningRate);
    if (!Number.isFinite(loss)) throw new BaselineError(`The loss is ${loss}.`, 'Train with a lower --learning-rate.');
    current = {
      ...current,
      batches: current.batches + 1,
      images: current.images + batch.places.length,
      lossSum: current.lossSum + loss * batch.places.length,
      seconds: state.seconds + (performance.now() - startedAt) / 1000,
      steps: trainer.adam.steps,
    };
    listener.onBatch({ epoch, imagesDone: current.images, loss: current.lossSum / current.images });
    if (signal.aborted || performance.now() - keptAt > 1000 * checkpointSeconds) {
      await keep(folder, current, trainer);
      keptAt = performance.now();
    }
    signal.throwIfAborted();
  }
  return current;
}

export function addLabels({ places, values }: { places: readonly number[]; values: Float32Array }, set: ImageSet) {
  const labels = places.map((place) => set.images[place]?.label ?? 0);
  return { values, labels, weights: places.map((place) => set.weights[place] ?? 0) };
}

export async function keep(folder: TrainingFolder, state: TrainingState, trainer: NetworkTrainer): Promise<void> {
  await folder.writeCheckpoint(state, [...readWeights(trainer.network), ...trainer.adam.read()]);
}
