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

/** A quotient of counts, or null with the reason where the denominator counts nothing. */
export function divide(numerator: number, denominator: number, reasonWhenEmpty: string): MetricValue {
  return denominator === 0 ? undefinedBecause(reasonWhenEmpty) : { value: numerator / denominator };
}

export function undefinedBecause(reason: string): MetricValue {
  return { value: null, reason };
}

export const noStudies = 'There are no studies.';
export const noAbnormalStudies = 'No study is abnormal in the gold standard.';
export const noNormalStudies = 'No study is normal in the gold standard.';
