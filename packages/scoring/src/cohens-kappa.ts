import type { ConfusionCounts, MetricValue } from '@holdout/contracts';
import { type Metric, noStudies, undefinedBecause } from './metric.js';

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
export function cohensKappa(counts: ConfusionCounts): MetricValue {
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
  if (truePositive + falsePositive + trueNegative + falseNegative === 0) return undefinedBecause(noStudies);
  const agreement = truePositive * trueNegative - falsePositive * falseNegative;
  const disagreementByChance =
    (truePositive + falsePositive) * (falsePositive + trueNegative) +
    (truePositive + falseNegative) * (falseNegative + trueNegative);
  // The sentence is made only where it is needed: a bootstrap comes through here a million times.
  return disagreementByChance === 0
    ? undefinedBecause(agreementIsCertain(truePositive > 0 ? 'abnormal' : 'normal'))
    : { value: (2 * agreement) / disagreementByChance };
}

export const kappa: Metric = {
  name: 'kappa',
  title: 'Cohen’s kappa',
  unit: 'coefficient',
  direction: 'higherIsBetter',
  compute: ({ counts }) => cohensKappa(counts),
};

function agreementIsCertain(onlyClass: string): string {
  return `The gold standard and the predictions both call every study ${onlyClass}, so agreement by chance is certain (pe = 1).`;
}
