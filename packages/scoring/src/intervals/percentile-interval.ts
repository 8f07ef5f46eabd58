import quickselect from 'quickselect';
import { checkLevel, defaultLevel, type Interval, unknownBecause } from './interval.js';

export interface PercentileInterval {
  readonly interval: Interval;
  /** Resamples in which the value is undefined. */
  readonly degenerate: number;
}

/**
 * The percentile interval of a bootstrap: the quantiles (1 − level) / 2 and (1 + level) / 2 of the resampled values,
 * between two of them by linear interpolation. Resamples without a value are left out, and counted. Where all
 * others give the same value there is no interval: that is a sample which cannot vary, not certainty.
 *
 * Sources: B. Efron, R. J. Tibshirani, “An Introduction to the Bootstrap”, Chapman & Hall 1993, chapter 13; the
 * quantile: R. J. Hyndman, Y. Fan, “Sample quantiles in statistical packages”, The American Statistician 50(4), 1996,
 * 361–365, definition 7.
 *
 * @param values one a resample, NaN where undefined
 */
export function percentileInterval(values: Float64Array, level = defaultLevel): PercentileInterval {
  const tail = (1 - checkLevel(level)) / 2;
  const defined = values.filter((value) => !Number.isNaN(value));
  const degenerate = values.length - defined.length;
  const first = defined[0];
  if (first === undefined) return { interval: unknownBecause(alwaysUndefined), degenerate };
  if (defined.every((value) => value === first)) return { interval: unknownBecause(alwaysTheSame), degenerate };
  const find = selectAscending(defined);
  const quantileOf = (share: number) => interpolate(share * (defined.length - 1), find);
  return { interval: { lower: quantileOf(tail), upper: quantileOf(1 - tail) }, degenerate };
}

/**
 * Finds values by their place from the least to the greatest; each place is above those before, or was asked for before. To
 * sort all of them would take four times as long.
 */
function selectAscending(values: Float64Array): (place: number) => number {
  let found = -1;
  return (place) => {
    // It only compares and swaps; its types know no typed arrays.
    if (place > found) quickselect(values as unknown as number[], place, found + 1);
    found = Math.max(found, place);
    return values[place] ?? Number.NaN;
  };
}

/** The values that are not NaN, from the least to the greatest. */
export function sortDefined(values: Float64Array): Float64Array {
  // NaN is sorted to the end.
  const sorted = values.slice().sort();
  let defined = sorted.length;
  while (defined > 0 && Number.isNaN(sorted[defined - 1])) defined--;
  return sorted.subarray(0, defined);
}

/** By linear interpolation between the values around it. */
export function quantile(sorted: Float64Array, share: number): number {
  return interpolate(share * (sorted.length - 1), (place) => sorted[place] ?? Number.NaN);
}

function interpolate(place: number, valueAt: (place: number) => number): number {
  const below = valueAt(Math.floor(place));
  const above = valueAt(Math.ceil(place));
  return below + (above - below) * (place - Math.floor(place));
}

const alwaysUndefined = 'It is undefined in every resample of these studies.';
const alwaysTheSame = 'Every resample of these studies gives the same value, which does not tell how sure it is.';
