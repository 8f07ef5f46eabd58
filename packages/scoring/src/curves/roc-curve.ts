import type { RocPoint } from '@holdout/contracts';
import type { ThresholdStep } from './count-by-threshold.js';

/**
 * The receiver operating characteristic. The area under it by trapezoids is AUROC, with the points on a line between two
 * others left out as well.
 *
 * Source: T. Fawcett, “An introduction to ROC analysis”, Pattern Recognition Letters 27(8), 2006, 861–874, algorithm 2.
 */
export function rocCurve(steps: readonly ThresholdStep[]): RocPoint[] {
  const last = steps.at(-1);
  if (!last) return [];
  const origin = { threshold: null, truePositive: 0, falsePositive: 0 };
  const all = [origin, ...steps];
  return all
    .filter((step, place) => !isBetween(all[place - 1], step, all[place + 1]))
    .map(({ threshold, truePositive, falsePositive }) => ({
      threshold,
      sensitivity: truePositive / last.truePositive,
      falsePositiveRate: falsePositive / last.falsePositive,
    }));
}

type Counts = Pick<ThresholdStep, 'truePositive' | 'falsePositive'>;

/** Counts are whole numbers, so that this is exact. */
function isBetween(before: Counts | undefined, step: Counts, after: Counts | undefined): boolean {
  if (!before || !after) return false;
  const [up, right] = [step.truePositive - before.truePositive, step.falsePositive - before.falsePositive];
  const [nextUp, nextRight] = [after.truePositive - step.truePositive, after.falsePositive - step.falsePositive];
  return up * nextRight === nextUp * right;
}
