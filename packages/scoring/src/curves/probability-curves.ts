import type { ProbabilityCurves } from '@holdout/contracts';
import { type GoldStudy, matchPredictions, type PredictedStudy } from '../match-predictions.js';
import { noAbnormalStudies, noNormalStudies, noStudies } from '../metric.js';
import { brierScore, calibrationBins } from './calibration.js';
import { countByThreshold, type RatedStudy } from './count-by-threshold.js';
import { averagePrecision, precisionRecallCurve } from './precision-recall-curve.js';
import { rocCurve } from './roc-curve.js';

/**
 * The curves of a test set's predictions over all thresholds, and how well the probabilities are calibrated; or the
 * reason why they are undefined, as AUROC is: a study without a probability, or only one class.
 *
 * @throws HoldoutError as `scorePredictions` does, unless each study of the gold standard is predicted exactly once
 */
export function probabilityCurves(
  gold: readonly GoldStudy[],
  predictions: readonly PredictedStudy[],
): { readonly curves: ProbabilityCurves } | { readonly curves: null; readonly reason: string } {
  const { probabilities } = matchPredictions(gold, predictions);
  const rated = gold.map(
    ({ label }, place): RatedStudy => ({ label, probability: probabilities[place] ?? Number.NaN }),
  );
  const reason = findReason(rated);
  if (reason !== null) return { curves: null, reason };
  const steps = countByThreshold(rated);
  return {
    curves: {
      studies: rated.length,
      abnormal: countAbnormal(rated),
      roc: rocCurve(steps),
      precisionRecall: precisionRecallCurve(steps),
      averagePrecision: averagePrecision(steps),
      calibration: calibrationBins(rated),
      brierScore: brierScore(rated),
    },
  };
}

function findReason(rated: readonly RatedStudy[]): string | null {
  const without = rated.filter(({ probability }) => Number.isNaN(probability)).length;
  const abnormal = countAbnormal(rated);
  if (rated.length === 0) return noStudies;
  if (without > 0) return `${without} of ${rated.length} studies were given a label without a probability.`;
  if (abnormal === 0) return noAbnormalStudies;
  return abnormal === rated.length ? noNormalStudies : null;
}

function countAbnormal(rated: readonly RatedStudy[]): number {
  return rated.filter(({ label }) => label === 1).length;
}
