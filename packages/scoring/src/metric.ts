import type { ConfusionCounts, MetricName, MetricValue } from '@holdout/contracts';

/** The studies that a metric is computed from. */
export interface StudyGroup {
  readonly counts: ConfusionCounts;
  readonly probabilities: GroupProbabilities;
}

/**
 * The probabilities of *abnormal*, split by the gold standard's label, in no particular order;
 * or the reason why the group has none.
 */
export type GroupProbabilities =
  | { readonly known: true; readonly ofAbnormal: readonly number[]; readonly ofNormal: readonly number[] }
  | { readonly known: false; readonly reason: string };

/** A metric as a record: all that a table, a plot or a ranking needs to know of it. */
export interface Metric {
  readonly name: MetricName;
  readonly title: string;
  /** `coefficient` lies in −1..1 with 0 for chance; `fraction` lies in 0..1. */
  readonly unit: 'coefficient' | 'fraction';
  readonly direction: 'higherIsBetter' | 'lowerIsBetter';
  /** Never throws and never gives NaN: what is undefined is null with its reason. */
  readonly compute: (group: StudyGroup) => MetricValue;
}

/** A metric that follows from counts alone. */
export interface CountMetric extends Metric {
  /** NaN where it is undefined: a bootstrap asks a million times, and never for the reason. */
  readonly ofCounts: (counts: ConfusionCounts) => number;
}

export function makeCountMetric({ whyUndefined, ...metric }: CountMetricParts): CountMetric {
  const compute = ({ counts }: { readonly counts: ConfusionCounts }) => {
    const value = metric.ofCounts(counts);
    return Number.isNaN(value) ? undefinedBecause(whyUndefined(counts)) : { value };
  };
  return { ...metric, compute };
}

interface CountMetricParts extends Omit<CountMetric, 'compute'> {
  /** Asked where `ofCounts` gives NaN. */
  readonly whyUndefined: (counts: ConfusionCounts) => string;
}

export function undefinedBecause(reason: string): MetricValue {
  return { value: null, reason };
}

export const noStudies = 'There are no studies.';
export const noAbnormalStudies = 'No study is abnormal in the gold standard.';
export const noNormalStudies = 'No study is normal in the gold standard.';
