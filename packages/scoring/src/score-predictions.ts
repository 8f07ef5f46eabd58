import type { ConfusionCounts, MetricTable, Score } from '@holdout/contracts';
import { auroc } from './auroc.js';
import { kappa } from './cohens-kappa.js';
import { type GoldStudy, matchPredictions, type PredictedStudy } from './match-predictions.js';
import type { GroupProbabilities, StudyGroup } from './metric.js';
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
  const matched = matchPredictions(gold, predictions);
  const overall: ScoredStudy[] = [];
  const byStudyType = new Map<string, ScoredStudy[]>();
  for (const [place, prediction] of matched.entries()) {
    const reference = gold[place];
    if (reference === undefined) continue;
    const scored = { actual: reference.label, predicted: prediction.label, probability: prediction.probability };
    overall.push(scored);
    const ofType = byStudyType.get(reference.studyType);
    if (ofType) ofType.push(scored);
    else byStudyType.set(reference.studyType, [scored]);
  }
  const types = [...byStudyType].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    studies: gold.length,
    overall: computeTable(groupStudies(overall)),
    byStudyType: Object.fromEntries(types.map(([type, studies]) => [type, computeTable(groupStudies(studies))])),
  };
}

/** The metrics that follow from counts alone; AUROC does not. */
export function scoreCounts(counts: ConfusionCounts): MetricTable {
  return computeTable({
    counts: { ...counts },
    probabilities: { known: false, reason: 'Counts alone do not tell it: it needs probabilities.' },
  });
}

interface ScoredStudy {
  readonly actual: 0 | 1;
  readonly predicted: 0 | 1;
  readonly probability: number | null;
}

function groupStudies(studies: readonly ScoredStudy[]): StudyGroup {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  for (const { actual, predicted } of studies) {
    if (actual === 1) counts[predicted === 1 ? 'truePositive' : 'falseNegative']++;
    else counts[predicted === 1 ? 'falsePositive' : 'trueNegative']++;
  }
  return { counts, probabilities: splitProbabilities(studies, counts) };
}

function splitProbabilities(studies: readonly ScoredStudy[], counts: ConfusionCounts): GroupProbabilities {
  const ofAbnormal = new Float64Array(counts.truePositive + counts.falseNegative);
  const ofNormal = new Float64Array(counts.trueNegative + counts.falsePositive);
  let abnormal = 0;
  let normal = 0;
  let without = 0;
  for (const { actual, probability } of studies) {
    if (probability === null) without++;
    else if (actual === 1) ofAbnormal[abnormal++] = probability;
    else ofNormal[normal++] = probability;
  }
  if (without === 0) return { known: true, ofAbnormal, ofNormal };
  return { known: false, reason: `${without} of ${studies.length} studies were given a label without a probability.` };
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
