import { countHalfWins, sum } from './half-wins.js';
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
    const halfWins = sum(countHalfWins(probabilities.ofAbnormal, probabilities.ofNormal));
    return { value: halfWins / (2 * abnormal * normal) };
  },
};
