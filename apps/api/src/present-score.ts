import {
  type GroupIntervals,
  type MetricInterval,
  type MetricTable,
  metricNames,
  type PublishedScore,
  type Score,
  type ScoreIntervals,
} from '@holdout/contracts';

type PublishedTable = PublishedScore['overall'];

const hiddenDecimals = 3;
/** One fewer than the values have: a value and its bounds together tell more than either. */
const hiddenBoundDecimals = 2;

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
    if (metric.value !== null) hidden[name] = { value: round(metric.value, hiddenDecimals) };
  }
  return hidden;
}

/** How sure a score is, as it may leave. Of a hidden phase the bounds are rounded outwards. */
export function presentIntervals(intervals: ScoreIntervals, visibility: 'public' | 'hidden'): ScoreIntervals {
  if (visibility === 'public') return intervals;
  const types = Object.entries(intervals.byStudyType).map(([type, group]) => [type, hideGroup(group)]);
  return { ...intervals, overall: hideGroup(intervals.overall), byStudyType: Object.fromEntries(types) };
}

/** The bounds alone; null where there are none. */
export function presentBounds(
  interval: MetricInterval | null,
  visibility: 'public' | 'hidden',
): { lower: number; upper: number } | null {
  if (interval === null || interval.lower === null) return null;
  const { lower, upper } = visibility === 'hidden' ? hideBounds(interval) : interval;
  return { lower, upper };
}

function hideGroup(group: GroupIntervals): GroupIntervals {
  const hidden = { ...group };
  for (const name of metricNames) {
    const { analytic, bootstrap } = group[name];
    hidden[name] = {
      ...(analytic ? { analytic: hideInterval(analytic) } : {}),
      bootstrap: hideInterval(bootstrap),
    };
  }
  return hidden;
}

function hideInterval(interval: MetricInterval): MetricInterval {
  return interval.lower === null ? interval : hideBounds(interval);
}

function hideBounds<T extends { lower: number; upper: number }>(interval: T): T {
  const factor = 10 ** hiddenBoundDecimals;
  // What is a hundredth already must not be moved to the next by the last bit of a product.
  const [lower, upper] = [round(interval.lower * factor, 9), round(interval.upper * factor, 9)];
  return { ...interval, lower: Math.floor(lower) / factor + 0, upper: Math.ceil(upper) / factor + 0 };
}

/** Adding 0 turns the −0 that small negative values round to into 0. */
function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
