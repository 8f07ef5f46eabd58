import { countHalfWins, sum } from '../half-wins.js';
import { noAbnormalStudies, noNormalStudies } from '../metric.js';
import { defaultLevel, type Interval, normalInterval, unknownBecause } from './interval.js';

/**
 * The large-sample interval of AUROC, clipped to 0..1: A ± z·se with se² = s₁/m + s₀/n. s₁ is the variance, over
 * the m abnormal studies, of the share of normal studies that each beats; s₀ that, over the n normal studies, of
 * the share of abnormal studies that beat each. A tie counts one half. Null with its reason for fewer than two
 * studies of a class, and where no study differs from the others of its class, as for an AUROC of 1.
 *
 * Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, “Comparing the areas under two or more correlated
 * receiver operating characteristic curves”, Biometrics 44(3), 1988, 837–845; in n log n by sorting, after X. Sun,
 * W. Xu, “Fast implementation of DeLong’s algorithm …”, IEEE Signal Processing Letters 21(11), 2014, 1389–1393.
 *
 * @param ofAbnormal the probabilities that the abnormal studies were given, in any order
 * @param ofNormal those of the normal studies
 */
export function delongInterval(
  ofAbnormal: readonly number[],
  ofNormal: readonly number[],
  level = defaultLevel,
): Interval {
  if (ofAbnormal.length === 0) return unknownBecause(noAbnormalStudies);
  if (ofNormal.length === 0) return unknownBecause(noNormalStudies);
  if (ofAbnormal.length === 1) return unknownBecause(onlyOne('abnormal'));
  if (ofNormal.length === 1) return unknownBecause(onlyOne('normal'));
  const winsOfAbnormal = countHalfWins(ofAbnormal, ofNormal);
  const winsOfNormal = countHalfWins(ofNormal, ofAbnormal);
  const area = sum(winsOfAbnormal) / (2 * ofAbnormal.length * ofNormal.length);
  // A normal study's losses vary as its wins do.
  const standardError = Math.sqrt(
    variance(winsOfAbnormal) / (4 * ofNormal.length ** 2 * ofAbnormal.length) +
      variance(winsOfNormal) / (4 * ofAbnormal.length ** 2 * ofNormal.length),
  );
  return normalInterval(area, standardError, level, { min: 0, max: 1 });
}

/** In two passes, as a variance close to 0 would drown in the rounding of one. */
function variance(values: Float64Array): number {
  const mean = sum(values) / values.length;
  return sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
}

function onlyOne(kind: string): string {
  return `Only one study is ${kind} in the gold standard, and its spread takes two.`;
}
