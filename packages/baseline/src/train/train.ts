import { BaselineError } from '../baseline-error.js';
import { noAugmentation } from '../data/augment.js';
import { type Batch, drawOrder, prepareBatches } from '../data/batches.js';
import { computeClassWeights, weighImages } from '../data/class-weights.js';
import { createImageStore } from '../data/image-store.js';
import { readSplit } from '../data/read-split.js';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { startBackend } from '../gradients/start-backend.js';
import { completeSettings } from './complete-settings.js';
import { endEpoch } from './end-epoch.js';
import { type ImageSet, learnEpoch } from './learn-epoch.js';
import { loadFirstWeights } from './load-first-weights.js';
import { writeWeights } from './named-variables.js';
import { NetworkTrainer } from './network-trainer.js';
import { normalizeAgain } from './normalize-again.js';
import { TrainingFolder } from './training-folder.js';
import { beginTraining, type EpochRecord, type Settings, type TrainingState } from './training-state.js';

export interface TrainOptions {
  /** A folder in MURA's layout. */
  readonly data: string;
  /** Where the training keeps itself; where there is one of the same settings, it goes on. */
  readonly directory: string;
  readonly settings: Omit<Settings, 'dataDigest' | 'weightsDigest'>;
  /** How many epochs in all. */
  readonly epochs: number;
  /** Weights to begin with, instead of drawn ones. */
  readonly weightsFile?: string | undefined;
  /** For decoded images. */
  readonly imageMemoryBytes: number;
  /** A checkpoint is written when an epoch is learned, when it is judged, and after so much time of it. */
  readonly checkpointSeconds: number;
  readonly signal: AbortSignal;
  readonly listener: TrainingListener;
}

/** Who is told how far it is. */
export interface TrainingListener {
  /** The images of one epoch, and what is done already where a training goes on. */
  onStart(start: { imageCount: number; epochs: number; imagesDone: number; history: readonly EpochRecord[] }): void;
  /** After each batch; `loss` is the mean of this epoch so far. */
  onBatch(progress: { epoch: number; imagesDone: number; loss: number }): void;
  onEpoch(record: EpochRecord): void;
}

/**
 * Trains a network on a folder in MURA's layout as the paper did, and keeps those of lowest validation loss. It may be
 * killed at any moment: called again it goes on from its last checkpoint, and ends with the same weights.
 *
 * @throws BaselineError where the folder, the weights or the checkpoint can't be used; the reason of `signal`, after a
 *   last checkpoint
 */
export async function train(options: TrainOptions): Promise<TrainingState> {
  const [images, judgedImages] = [await readSplit(options.data, 'train'), await readSplit(options.data, 'valid')];
  const settings = await completeSettings(options.settings, { images, judgedImages, weightsFile: options.weightsFile });
  await startBackend();
  const trainer = new NetworkTrainer(buildDenseNet(settings.network, { seed: settings.seed }));
  const { inputSize, channels } = settings.network;
  const input = { inputSize, channels, mean: settings.mean, std: settings.std };
  const store = createImageStore(input, options.imageMemoryBytes);
  const weights = computeClassWeights(images);
  const learned: ImageSet = { images, weights: weighImages(images, weights), store, input };
  const judged: ImageSet = { images: judgedImages, weights: weighImages(judgedImages, weights), store, input };
  const folder = new TrainingFolder(options.directory);
  let state = await takeUp(folder, trainer, learned, settings, options);
  const { epochs, images: imagesDone, history } = state;
  options.listener.onStart({ imageCount: images.length, epochs, imagesDone, history });
  while (state.epochs < options.epochs) {
    state = await learnEpoch(state, trainer, learned, folder, options);
    state = await endEpoch(state, trainer, judged, folder, options);
  }
  return state;
}

/** Of settings that have no option of their own. */
const words: Partial<Record<keyof Settings, string>> = {
  dataDigest: 'images or labels of --data',
  weightsDigest: 'first weights',
};

/** The training that was begun in this folder, or one that begins. */
async function takeUp(
  folder: TrainingFolder,
  trainer: NetworkTrainer,
  learned: ImageSet,
  settings: Settings,
  { directory, weightsFile }: TrainOptions,
): Promise<TrainingState> {
  await folder.create();
  const checkpoint = await folder.readCheckpoint();
  if (checkpoint === null) {
    const folded = weightsFile === undefined ? [] : await loadFirstWeights(trainer.network, weightsFile);
    if (folded.length > 0) await normalizeAgain(trainer.network, folded, chooseImages(learned, settings));
    return beginTraining(settings);
  }
  const { state, tensors } = checkpoint;
  const names = Object.keys(settings) as (keyof Settings)[];
  const other = names.filter((name) => JSON.stringify(settings[name]) !== JSON.stringify(state.settings[name]));
  if (other.length > 0) {
    throw new BaselineError(
      `${directory} holds a training with other settings: ${other.map((name) => words[name] ?? name).join(', ')}.`,
      'Give the same settings to go on with it, or another folder to begin anew.',
    );
  }
  writeWeights(trainer.network, tensors);
  trainer.adam.restore(tensors, state.steps);
  return state;
}

/** Of 64 images even the last maps, of a hundred places each, have thousands of values. */
function chooseImages(set: ImageSet, { seed, batchSize }: Settings): AsyncIterable<Batch> {
  const order = drawOrder(seed, 0, set.images.length).slice(0, 64);
  return prepareBatches({ ...set, order, batchSize, augmentationOf: () => noAugmentation });
}
