import { checkLevel, defaultLevel } from '../intervals/interval.js';
import { quantile, sortDefined } from '../intervals/percentile-interval.js';
import { demandSameResamples, type ResampledEntry } from '../resampling/resample-entries.js';

export interface ComparisonOptions {
  /** The share of intervals that hold the true value; 0.95 where left out, and then tests are at 0.05. */
  readonly level?: number;
}

/** The kappa of the first entry less that of the second; null where one of them is undefined. */
export type PairedDifference = {
  /** Resamples in which one of the kappas is undefined. They are left out. */
  readonly degenerate: number;
} & (
  | { readonly difference: number; readonly lower: number; readonly upper: number; readonly pValue: number }
  | {
      readonly difference: null;
      readonly lower: null;
      readonly upper: null;
      readonly pValue: null;
      readonly reason: string;
    }
);

/**
 * The difference of two kappas by the paired bootstrap: both entries are measured on the same resamples, so that
 * what makes a test set easy or hard for both falls out. Its percentile interval; and the two-sided p-value, twice
 * the smaller share of resamples on one side of 0, resamples at 0 counting on both, with one added above and below:
 * p = 2 (min(#{d ≤ 0}, #{d ≥ 0}) + 1) / (B + 1), at most 1. So it is never below 2 / (B + 1).
 *
 * Sources: B. Efron, R. J. Tibshirani, “An Introduction to the Bootstrap”, Chapman & Hall 1993, chapters 13 and 15;
 * the added one: A. C. Davison, D. V. Hinkley, “Bootstrap Methods and their Application”, Cambridge 1997, section 4.2.
 *
 * @throws Error unless both entries have the same resamples
 */
export function pairedKappaDifference(
  first: ResampledEntry,
  second: ResampledEntry,
  { level = defaultLevel }: ComparisonOptions = {},
): PairedDifference {
  demandSameResamples([first, second]);
  const tail = (1 - checkLevel(level)) / 2;
  const sorted = sortDefined(first.kappas.map((kappa, resample) => kappa - (second.kappas[resample] ?? Number.NaN)));
  const degenerate = first.kappas.length - sorted.length;
  const unknown = { difference: null, lower: null, upper: null, pValue: null, degenerate } as const;
  if (first.kappa.value === null) return { ...unknown, reason: first.kappa.reason };
  if (second.kappa.value === null) return { ...unknown, reason: second.kappa.reason };
  if (sorted.length === 0) return { ...unknown, reason: neverBoth };
  return {
    difference: first.kappa.value - second.kappa.value,
    lower: quantile(sorted, tail),
    upper: quantile(sorted, 1 - tail),
    pValue: computePValue(sorted),
    degenerate,
  };
}

function computePValue(differences: Float64Array): number {
  let notAbove = 0;
  let notBelow = 0;
  for (const difference of differences) {
    if (difference <= 0) notAbove++;
    if (difference >= 0) notBelow++;
  }
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (differences.length + 1));
}

const neverBoth = 'In no resample of these studies do both entries have a kappa.';
