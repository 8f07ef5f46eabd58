import {
  type GroupIntervals,
  type MetricInterval,
  type MetricTable,
  type MetricValue,
  metricNames,
  type PublishedScore,
  type Score,
  type ScoreIntervals,
} from '@holdout/contracts';
import type { PhaseRecord } from '@holdout/db';

type PublishedTable = PublishedScore['overall'];

/** How much of a score a phase tells. */
export interface ScorePolicy {
  /** Exact counts tell, from one submission to the next, which label a study has. */
  readonly counts: boolean;
  /** Of values; their bounds have one fewer, since a value and its bounds together tell more than either. */
  readonly decimals: number | null;
  readonly studyTypes: boolean;
  readonly intervals: boolean;
}

export function policyOf({ visibility, release }: PhaseRecord): ScorePolicy {
  const { decimals, studyTypes, intervals } = release;
  return { counts: visibility === 'public' && decimals === null, decimals, studyTypes, intervals };
}

/** A score as it may leave: whole where the phase's labels are public and it says no other. */
export function presentScore(score: Score, policy: ScorePolicy): PublishedScore {
  const types = policy.studyTypes ? Object.entries(score.byStudyType) : [];
  return {
    studies: score.studies,
    overall: presentTable(score.overall, policy),
    byStudyType: Object.fromEntries(types.map(([type, table]) => [type, presentTable(table, policy)])),
  };
}

/** One metric, as it may leave. */
export function presentMetric(metric: MetricValue, { decimals }: Pick<ScorePolicy, 'decimals'>): MetricValue {
  return decimals === null || metric.value === null ? metric : { value: round(metric.value, decimals) };
}

function presentTable(table: MetricTable, { counts, decimals }: ScorePolicy): PublishedTable {
  const { studies, kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1, auroc } = table;
  const metrics = { kappa, accuracy, balancedAccuracy, sensitivity, specificity, f1, auroc };
  const shown: PublishedTable = { studies, counts: counts ? table.counts : null, ...metrics };
  if (decimals === null) return shown;
  for (const name of metricNames) shown[name] = presentMetric(metrics[name], { decimals });
  return shown;
}

/** How sure a score is, as it may leave: bounds are rounded outwards. Null where the phase shows none. */
export function presentIntervals(found: ScoreIntervals, { decimals, studyTypes, intervals }: ScorePolicy) {
  if (!intervals) return null;
  const types = studyTypes ? Object.entries(found.byStudyType) : [];
  const present = (group: GroupIntervals) => (decimals === null ? group : hideGroup(group, decimals - 1));
  const byStudyType = Object.fromEntries(types.map(([type, group]) => [type, present(group)]));
  return { ...found, overall: present(found.overall), byStudyType };
}

/** The bounds alone; null where there are none, or none are shown. */
export function presentBounds(
  interval: MetricInterval | null,
  { decimals, intervals }: ScorePolicy,
): { lower: number; upper: number } | null {
  if (!intervals || interval === null || interval.lower === null) return null;
  const { lower, upper } = decimals === null ? interval : hideBounds(interval, decimals - 1);
  return { lower, upper };
}

function hideGroup(group: GroupIntervals, decimals: number): GroupIntervals {
  const hidden = { ...group };
  for (const name of metricNames) {
    const { analytic, bootstrap } = group[name];
    hidden[name] = {
      ...(analytic ? { analytic: hideInterval(analytic, decimals) } : {}),
      bootstrap: hideInterval(bootstrap, decimals),
    };
  }
  return hidden;
}

function hideInterval(interval: MetricInterval, decimals: number): MetricInterval {
  return interval.lower === null ? interval : hideBounds(interval, decimals);
}

function hideBounds<T extends { lower: number; upper: number }>(interval: T, decimals: number): T {
  const factor = 10 ** decimals;
  // What has so few decimals already must not be moved to the next by the last bit of a product.
  const [lower, upper] = [round(interval.lower * factor, 9), round(interval.upper * factor, 9)];
  return { ...interval, lower: Math.floor(lower) / factor + 0, upper: Math.ceil(upper) / factor + 0 };
}

/** Adding 0 turns the −0 that small negative values round to into 0. */
function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
