import type { ConfusionCounts, MetricTable, Score } from '@holdout/contracts';
import { auroc } from './auroc.js';
import { kappa } from './cohens-kappa.js';
import { type GoldStudy, matchPredictions, type PredictedStudy } from './match-predictions.js';
import type { StudyGroup } from './metric.js';
import { accuracy, balancedAccuracy, f1, sensitivity, specificity } from './rates.js';

/** Stored with every score. It grows by one when the same predictions would be scored differently. */
export const scorerVersion = 'holdout-scoring-1';

/**
 * Scores the predictions of a test set, overall and for each study type; *positive* is abnormal. Neither the order
 * of the studies nor that of the predictions matters. AUROC needs a probability for every study of its group, and
 * is null with its reason otherwise.
 *
 * @throws HoldoutError `labels_invalid`, `predictions_invalid`, `predictions_missing`, `predictions_duplicate` or
 *   `predictions_unknown`, unless each study of the gold standard is predicted exactly once, and no other.
 */
export function scorePredictions(gold: readonly GoldStudy[], predictions: readonly PredictedStudy[]): Score {
  const { labels, probabilities } = matchPredictions(gold, predictions);
  const overall = createTally();
  const byStudyType = new Map<string, Tally>();
  for (const [place, { studyType, label }] of gold.entries()) {
    const calledAbnormal = labels[place] === 1;
    const probability = probabilities[place] ?? Number.NaN;
    const ofType = byStudyType.get(studyType) ?? createTally();
    byStudyType.set(studyType, ofType);
    addStudy(overall, label, calledAbnormal, probability);
    addStudy(ofType, label, calledAbnormal, probability);
  }
  const types = [...byStudyType].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    studies: gold.length,
    overall: computeTable(toGroup(overall)),
    byStudyType: Object.fromEntries(types.map(([type, tally]) => [type, computeTable(toGroup(tally))])),
  };
}

/** The metrics that follow from counts alone; AUROC does not. */
export function scoreCounts(counts: ConfusionCounts): MetricTable {
  return computeTable({
    counts: { ...counts },
    probabilities: { known: false, reason: 'Counts alone do not tell it: it needs probabilities.' },
  });
}

/** A group of studies while it is counted. */
interface Tally {
  readonly counts: { truePositive: number; falsePositive: number; trueNegative: number; falseNegative: number };
  readonly ofAbnormal: number[];
  readonly ofNormal: number[];
  withoutProbability: number;
}

function createTally(): Tally {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  return { counts, ofAbnormal: [], ofNormal: [], withoutProbability: 0 };
}

function addStudy(tally: Tally, actual: 0 | 1, calledAbnormal: boolean, probability: number): void {
  if (actual === 1) tally.counts[calledAbnormal ? 'truePositive' : 'falseNegative']++;
  else tally.counts[calledAbnormal ? 'falsePositive' : 'trueNegative']++;
  if (Number.isNaN(probability)) tally.withoutProbability++;
  else (actual === 1 ? tally.ofAbnormal : tally.ofNormal).push(probability);
}

function toGroup({ counts, ofAbnormal, ofNormal, withoutProbability }: Tally): StudyGroup {
  if (withoutProbability === 0) return { counts, probabilities: { known: true, ofAbnormal, ofNormal } };
  const studies = ofAbnormal.length + ofNormal.length + withoutProbability;
  const reason = `${withoutProbability} of ${studies} studies were given a label without a probability.`;
  return { counts, probabilities: { known: false, reason } };
}

function computeTable(group: StudyGroup): MetricTable {
  const { truePositive, falsePositive, trueNegative, falseNegative } = group.counts;
  return {
    studies: truePositive + falsePositive + trueNegative + falseNegative,
    counts: group.counts,
    kappa: kappa.compute(group),
    accuracy: accuracy.compute(group),
    balancedAccuracy: balancedAccuracy.compute(group),
    sensitivity: sensitivity.compute(group),
    specificity: specificity.compute(group),
    f1: f1.compute(group),
    auroc: auroc.compute(group),
  };
}
