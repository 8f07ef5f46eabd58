import type { EpochRecord, TrainingListener } from '@holdout/baseline/network';
import { type Progress, startProgress } from '../../terminal/progress.js';

/**
 * How far a training is: a bar with the loss, the last kappa and the time that is left where standard error is a terminal;
 * a line after each epoch everywhere.
 */
export function showTraining(epochsTotal: number): { listener: TrainingListener; stop: () => void } {
  let progress: Progress | undefined;
  let imageCount = 0;
  let words = '';
  let kappa = '–';
  const listener: TrainingListener = {
    onStart({ imageCount: count, epochs, imagesDone, history }) {
      imageCount = count;
      const from = epochs * count + imagesDone;
      kappa = showKappa(history.at(-1)?.kappa ?? null);
      words = `epoch ${Math.min(epochs + 1, epochsTotal)} of ${epochsTotal}`;
      const what = 'Training';
      progress = startProgress({ what, total: epochsTotal * count, from, show: () => words, saysQuarters: false });
      const goesOn = from === 0 ? '' : `, from epoch ${epochs + 1}, image ${imagesDone} on`;
      if (epochs >= epochsTotal) progress.note(`All ${epochsTotal} epochs are done already.`);
      else progress.note(`${epochsTotal} epochs of ${count} images${goesOn}.`);
    },
    onBatch({ epoch, imagesDone, loss }) {
      words = `epoch ${epoch} of ${epochsTotal}, loss ${loss.toFixed(4)}, kappa ${kappa}`;
      progress?.update((epoch - 1) * imageCount + imagesDone);
    },
    onEpoch(record) {
      kappa = showKappa(record.kappa);
      progress?.note(describeEpoch(record, epochsTotal));
    },
  };
  return { listener, stop: () => progress?.stop() };
}

function describeEpoch(record: EpochRecord, epochsTotal: number): string {
  const { epoch, trainingLoss, validationLoss, kappa, learningRate, seconds } = record;
  const losses = `loss ${trainingLoss.toFixed(4)}, validation loss ${validationLoss.toFixed(4)}`;
  const left = showDuration(seconds * (epochsTotal - epoch));
  const rate = Number(learningRate.toPrecision(3));
  return `Epoch ${epoch} of ${epochsTotal}: ${losses}, kappa ${showKappa(kappa)}, learning rate ${rate}, ${showDuration(seconds)}; ${left} left.`;
}

function showKappa(kappa: number | null): string {
  return kappa === null ? '–' : kappa.toFixed(3);
}

function showDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
