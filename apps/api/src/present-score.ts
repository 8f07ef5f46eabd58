import { type MetricTable, metricNames, type PublishedScore, type Score } from '@holdout/contracts';

type PublishedTable = PublishedScore['overall'];

const hiddenDecimals = 3;

/**
 * A score as it may leave: whole where the phase's labels are public. Of a hidden phase without the counts and
 * rounded, because exact figures of two submissions that differ in one study tell that study's label.
 */
export function presentScore(score: Score, visibility: 'public' | 'hidden'): PublishedScore {
  const presentTable = visibility === 'hidden' ? hideTable : copyTable;
  const types = Object.entries(score.byStudyType).map(([studyType, table]) => [studyType, presentTable(table)]);
  return { studies: score.studies, overall: presentTable(score.overall), byStudyType: Object.fromEntries(types) };
}

function copyTable(table: MetricTable): PublishedTable {
  const { studies, counts, kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1, auroc } = table;
  return { studies, counts, kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1, auroc };
}

function hideTable(table: MetricTable): PublishedTable {
  const hidden: PublishedTable = { ...copyTable(table), counts: null };
  for (const name of metricNames) {
    const metric = table[name];
    if (metric.value !== null) hidden[name] = { value: round(metric.value) };
  }
  return hidden;
}

/** Adding 0 turns the −0 that small negative values round to into 0. */
function round(value: number): number {
  return Math.round(value * 10 ** hiddenDecimals) / 10 ** hiddenDecimals + 0;
}
