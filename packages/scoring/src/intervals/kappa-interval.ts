import type { ConfusionCounts } from '@holdout/contracts';
import { cohensKappa } from '../cohens-kappa.js';
import { defaultLevel, type Interval, normalInterval, unknownBecause } from './interval.js';

/**
 * The large-sample interval of Cohen's kappa: κ ± z·se, clipped to −1..1, with the standard error that does not
 * suppose κ to be 0. With pᵢⱼ the share of studies that the gold standard puts into i and the predictions into j,
 *
 *   se² = (Σᵢ pᵢᵢ (1 − (pᵢ. + p.ᵢ)(1 − κ))² + (1 − κ)² Σᵢ≠ⱼ pᵢⱼ (p.ᵢ + pⱼ.)² − (κ − pe(1 − κ))²) / (n (1 − pe)²)
 *
 * Null with its reason where kappa is, where one side has a single class, and where the standard error is 0.
 *
 * Source: J. L. Fleiss, J. Cohen, B. S. Everitt, “Large sample standard errors of kappa and weighted kappa”,
 * Psychological Bulletin 72(5), 1969, 323–327, equation 13.
 */
export function kappaInterval(counts: ConfusionCounts, level = defaultLevel): Interval {
  const kappa = cohensKappa(counts);
  if (kappa.value === null) return unknownBecause(kappa.reason);
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
  const abnormal = truePositive + falseNegative;
  const normal = trueNegative + falsePositive;
  if (abnormal === 0 || normal === 0) return unknownBecause(singleClass('The gold standard calls'));
  const calledAbnormal = truePositive + falsePositive;
  const calledNormal = trueNegative + falseNegative;
  if (calledAbnormal === 0 || calledNormal === 0) return unknownBecause(singleClass('The predictions call'));

  // Nothing wrong: the sum below is 0, but for rounding.
  if (kappa.value === 1) return normalInterval(1, 0, level, range);
  const n = abnormal + normal;
  const byChance = (abnormal * calledAbnormal + normal * calledNormal) / n ** 2;
  const disagreement = 1 - kappa.value;
  const right =
    truePositive * (1 - ((abnormal + calledAbnormal) / n) * disagreement) ** 2 +
    trueNegative * (1 - ((normal + calledNormal) / n) * disagreement) ** 2;
  const wrong =
    falseNegative * ((calledAbnormal + normal) / n) ** 2 + falsePositive * ((calledNormal + abnormal) / n) ** 2;
  const sum = (right + disagreement ** 2 * wrong) / n - (kappa.value - byChance * disagreement) ** 2;
  const standardError = Math.sqrt(Math.max(0, sum) / n) / (1 - byChance);
  return normalInterval(kappa.value, standardError, level, range);
}

const range = { min: -1, max: 1 };

function singleClass(who: string): string {
  return `${who} every study the same, where kappa is 0 whatever the studies, and has no standard error.`;
}
