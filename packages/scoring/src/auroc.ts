import { type Metric, noAbnormalStudies, noNormalStudies, noStudies, undefinedBecause } from './metric.js';

/**
 * The area under the receiver operating characteristic: the chance that an abnormal study is given a greater
 * probability than a normal one, a tie counting one half. Undefined without probabilities or without both classes.
 *
 * It is the Mann–Whitney statistic U divided by the number of pairs, which equals the area by trapezoids.
 * Source: J. A. Hanley, B. J. McNeil, “The meaning and use of the area under a receiver operating
 * characteristic (ROC) curve”, Radiology 143(1), 1982, 29–36.
 */
export const auroc: Metric = {
  name: 'auroc',
  title: 'AUROC',
  unit: 'fraction',
  direction: 'higherIsBetter',
  compute: ({ counts, probabilities }) => {
    const abnormal = counts.truePositive + counts.falseNegative;
    const normal = counts.trueNegative + counts.falsePositive;
    if (abnormal + normal === 0) return undefinedBecause(noStudies);
    if (!probabilities.known) return undefinedBecause(probabilities.reason);
    if (abnormal === 0) return undefinedBecause(noAbnormalStudies);
    if (normal === 0) return undefinedBecause(noNormalStudies);
    return { value: countHalfWins(probabilities.ofAbnormal, probabilities.ofNormal) / (2 * abnormal * normal) };
  },
};

/**
 * 2U: over all pairs, 2 where the abnormal study has the greater probability and 1 for a tie. Whole numbers,
 * so that ties are exact. Sorting takes n log n; the walk over both sorted lists is linear.
 */
function countHalfWins(ofAbnormal: readonly number[], ofNormal: readonly number[]): number {
  // Typed arrays sort as numbers, natively.
  const normal = new Float64Array(ofNormal).sort();
  let below = 0;
  let notAbove = 0;
  let halfWins = 0;
  for (const probability of new Float64Array(ofAbnormal).sort()) {
    while (below < normal.length && (normal[below] ?? 0) < probability) below++;
    notAbove = Math.max(notAbove, below);
    while (notAbove < normal.length && (normal[notAbove] ?? 0) === probability) notAbove++;
    halfWins += below + notAbove;
  }
  return halfWins;
}
