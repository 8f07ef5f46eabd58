import type { ConfusionCounts, MetricValue } from '@holdout/contracts';
import { makeCountMetric, noStudies } from './metric.js';

/**
 * Cohen's kappa, the agreement beyond chance: κ = (po − pe) / (1 − pe), with po the observed agreement
 * and pe the agreement that two readers with these marginals reach by chance.
 *
 * For two classes it is the same as 2(TP·TN − FP·FN) / ((TP+FP)(FP+TN) + (TP+FN)(FN+TN)), which is used here:
 * its two integers are exact up to 90 million studies, so the value is rounded once and equal kappas
 * are equal numbers. That is what lets a leaderboard share a rank.
 *
 * Where both sides put every study into the same one class, pe is 1 and κ is 0/0. That is null, not 1 and
 * not 0: such studies show no agreement beyond chance and no lack of it. Where only one side is of a single
 * class, κ is 0.
 *
 * Source: J. Cohen, “A coefficient of agreement for nominal scales”, Educational and Psychological
 * Measurement 20(1), 1960, 37–46. The second form: M. J. Warrens, “On association coefficients for 2×2 tables …”,
 * Psychometrika 73, 2008, 777–789.
 */
export const kappa = makeCountMetric({
  name: 'kappa',
  title: 'Cohen’s kappa',
  unit: 'coefficient',
  direction: 'higherIsBetter',
  ofCounts: ({ truePositive, falsePositive, trueNegative, falseNegative }) => {
    const agreement = truePositive * trueNegative - falsePositive * falseNegative;
    const disagreementByChance =
      (truePositive + falsePositive) * (falsePositive + trueNegative) +
      (truePositive + falseNegative) * (falseNegative + trueNegative);
    // 0/0 where it is undefined.
    return (2 * agreement) / disagreementByChance;
  },
  whyUndefined: ({ truePositive, trueNegative }) =>
    truePositive + trueNegative === 0 ? noStudies : agreementIsCertain(truePositive > 0 ? 'abnormal' : 'normal'),
});

/** The value of `kappa`, or null with its reason. */
export function cohensKappa(counts: ConfusionCounts): MetricValue {
  return kappa.compute({ counts, probabilities: { known: false, reason: 'Kappa needs none.' } });
}

function agreementIsCertain(onlyClass: string): string {
  return `The gold standard and the predictions both call every study ${onlyClass}, so agreement by chance is certain (pe = 1).`;
}
