import type { PrecisionRecallPoint } from '@holdout/contracts';
import type { ThresholdStep } from './count-by-threshold.js';

/**
 * Precision against recall. Between two points it is no straight line, so none is drawn through what was not counted:
 * only points are left out that have the recall of both their neighbours.
 *
 * Source: J. Davis, M. Goadrich, “The relationship between precision-recall and ROC curves”, ICML 2006, 233–240.
 */
export function precisionRecallCurve(steps: readonly ThresholdStep[]): PrecisionRecallPoint[] {
  const abnormal = steps.at(-1)?.truePositive ?? 0;
  return steps
    .filter(({ truePositive }, place) => {
      const [before, after] = [steps[place - 1], steps[place + 1]];
      return before?.truePositive !== truePositive || after?.truePositive !== truePositive;
    })
    .map(({ threshold, truePositive, falsePositive }) => ({
      threshold,
      recall: truePositive / abnormal,
      precision: truePositive / (truePositive + falsePositive),
    }));
}

/**
 * The sum of (Rₙ − Rₙ₋₁)·Pₙ over the thresholds, with the recall R and the precision P: scikit-learn's
 * `average_precision_score`. It does not interpolate, which would be too kind.
 */
export function averagePrecision(steps: readonly ThresholdStep[]): number {
  const abnormal = steps.at(-1)?.truePositive ?? 0;
  let sum = 0;
  for (const [place, { truePositive, falsePositive }] of steps.entries()) {
    const found = truePositive - (steps[place - 1]?.truePositive ?? 0);
    sum += found * (truePositive / (truePositive + falsePositive));
  }
  // Sums of fractions may end a bit above the 1 that they mean.
  return Math.min(1, sum / abnormal);
}
