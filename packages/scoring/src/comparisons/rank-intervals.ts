import { checkLevel, defaultLevel } from '../intervals/interval.js';
import { sortDefined } from '../intervals/percentile-interval.js';
import { demandSameResamples, type ResampledEntry } from '../resampling/resample-entries.js';

/** The ranks that an entry could as well have; null for one without a kappa, and so without a rank. */
export type RankInterval = {
  /** Resamples in which the entry has no kappa. They are left out. */
  readonly degenerate: number;
} & (
  | { readonly rank: number; readonly lower: number; readonly upper: number }
  | { readonly rank: null; readonly lower: null; readonly upper: null; readonly reason: string }
);

/**
 * For each entry its dense rank by kappa, as `rankEntries` gives it, and the percentile interval of the dense rank
 * that it has in each resample among the same entries. Bounds are whole ranks, rounded outwards. Give only the
 * entries that are ranked: a reference entry would count as a rank.
 *
 * Entries that share a kappa seldom share it in a resample too, so that ranks below them are greater there. Where
 * the rank itself would lie outside, the interval is widened to hold it.
 *
 * Source: H. Goldstein, D. J. Spiegelhalter, “League tables and their limitations”, Journal of the Royal Statistical
 * Society A 159(3), 1996, 385–443.
 *
 * @throws Error unless all entries have the same resamples
 */
export function rankIntervals(
  entries: readonly ResampledEntry[],
  { level = defaultLevel }: { readonly level?: number } = {},
): RankInterval[] {
  demandSameResamples(entries);
  const resamples = entries[0]?.kappas.length ?? 0;
  const ranks = rankDensely(Float64Array.from(entries, ({ kappa }) => kappa.value ?? Number.NaN));
  const resampledRanks = entries.map(() => new Float64Array(resamples));
  const kappas = new Float64Array(entries.length);
  for (let resample = 0; resample < resamples; resample++) {
    for (let place = 0; place < entries.length; place++) kappas[place] = entries[place]?.kappas[resample] ?? Number.NaN;
    const ranked = rankDensely(kappas);
    for (let place = 0; place < entries.length; place++) {
      (resampledRanks[place] as Float64Array)[resample] = ranked[place] ?? Number.NaN;
    }
  }
  return entries.map(({ kappa }, place) => {
    const sorted = sortDefined(resampledRanks[place] as Float64Array);
    const degenerate = resamples - sorted.length;
    if (kappa.value === null) return { rank: null, lower: null, upper: null, reason: kappa.reason, degenerate };
    return { ...findBounds(ranks[place] ?? Number.NaN, sorted, level), degenerate };
  });
}

/** From 1 for the greatest value, without gaps; equal values share a rank. NaN has none, and stays NaN. */
function rankDensely(values: Float64Array): Float64Array {
  const distinct = sortDefined(values).filter((value, place, sorted) => value !== sorted[place - 1]);
  return values.map((value) => (Number.isNaN(value) ? value : distinct.length - findPlace(distinct, value)));
}

/** The place of a value that occurs, by halving. */
function findPlace(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length - 1;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function findBounds(rank: number, sorted: Float64Array, level: number) {
  const last = sorted.length - 1;
  const leftOut = Math.floor(((1 - checkLevel(level)) / 2) * last);
  return {
    rank,
    lower: Math.min(rank, sorted[leftOut] ?? rank),
    upper: Math.max(rank, sorted[last - leftOut] ?? rank),
  };
}
