import { cohensKappa } from '@holdout/scoring';
import { noAugmentation } from '../data/augment.js';
import { prepareBatches } from '../data/batches.js';
import type { LabelledImage } from '../data/read-split.js';
import { addLabels, type ImageSet, keep } from './learn-epoch.js';
import { readWeights } from './named-variables.js';
import type { NetworkTrainer } from './network-trainer.js';
import { adjustPace } from './plateau.js';
import type { TrainOptions } from './train.js';
import type { TrainingFolder } from './training-folder.js';
import { placeMember, type TrainingState } from './training-state.js';

/** Judges the network after an epoch, keeps it where it is one of the best, and decides how fast the next is learned. */
export async function endEpoch(
  state: TrainingState,
  trainer: NetworkTrainer,
  judged: ImageSet,
  folder: TrainingFolder,
  { signal, listener }: Pick<TrainOptions, 'signal' | 'listener'>,
): Promise<TrainingState> {
  const { settings, pace } = state;
  // To judge takes minutes where there is much to judge, and who is stopped meanwhile has nothing to learn again.
  await keep(folder, state, trainer);
  const startedAt = performance.now();
  const { loss: validationLoss, kappa } = await judge(trainer, judged, settings.batchSize, signal);
  const member = { epoch: state.epochs + 1, validationLoss, kappa };
  const members = placeMember(state.members, member, settings.members);
  const seconds = state.seconds + (performance.now() - startedAt) / 1000;
  const trainingLoss = state.lossSum / state.images;
  const record = { ...member, trainingLoss, learningRate: pace.learningRate, seconds };
  const next: TrainingState = {
    ...state,
    epochs: member.epoch,
    batches: 0,
    images: 0,
    lossSum: 0,
    seconds: 0,
    pace: adjustPace(pace, validationLoss, settings.patience),
    members,
    history: [...state.history, record],
  };
  // First the weights that the checkpoint will speak of; those that it no longer speaks of go after it.
  if (members.includes(member)) await folder.writeMember(member, readWeights(trainer.network));
  await keep(folder, next, trainer);
  await folder.removeOthers(members);
  await folder.writeHistory(next);
  listener.onEpoch(record);
  return next;
}

/** The mean loss of the images, and Cohen's kappa of the studies. */
async function judge(trainer: NetworkTrainer, set: ImageSet, batchSize: number, signal: AbortSignal) {
  const order = set.images.map((_, place) => place);
  const probabilities: number[] = [];
  let lossSum = 0;
  for await (const batch of prepareBatches({ ...set, order, batchSize, augmentationOf: () => noAugmentation })) {
    signal.throwIfAborted();
    const judged = trainer.judge(addLabels(batch, set));
    probabilities.push(...judged.probabilities);
    lossSum += judged.lossSum;
  }
  const { value } = cohensKappa(countStudies(set.images, probabilities));
  return { loss: lossSum / order.length, kappa: value };
}

/** A study is abnormal where the mean over its images is greater than 0.5. */
export function countStudies(images: readonly LabelledImage[], probabilities: readonly number[]) {
  const studies = new Map<string, { label: 0 | 1; sum: number; images: number }>();
  for (const [place, { study, label }] of images.entries()) {
    const known = studies.get(study) ?? { label, sum: 0, images: 0 };
    studies.set(study, { label, sum: known.sum + (probabilities[place] ?? 0), images: known.images + 1 });
  }
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (const { label, sum, images } of studies.values()) {
    const isCalled = sum / images > 0.5;
    if (label === 1) counts[isCalled ? 'truePositive' : 'falseNegative'] += 1;
    else counts[isCalled ? 'falsePositive' : 'trueNegative'] += 1;
  }
  return counts;
}
