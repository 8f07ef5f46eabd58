import { normalQuantile } from './normal-quantile.js';

/** The bounds of a value, or null with the reason why they are not known. */
export type Interval =
  | { readonly lower: number; readonly upper: number; readonly standardError?: number }
  | { readonly lower: null; readonly upper: null; readonly reason: string; readonly standardError?: number };

/** What a value can be at all. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const defaultLevel = 0.95;

/**
 * value ± z·standard error, with z the normal quantile of (1 + level) / 2, clipped to the range of the metric.
 * A standard error of 0 gives no bounds: it is the formula at the end of its reach (nothing wrong among five
 * studies), not certainty. pROC draws such an interval of no width and warns that it misleads.
 */
export function normalInterval(value: number, standardError: number, level: number, { min, max }: Range): Interval {
  if (standardError === 0) return { lower: null, upper: null, reason: noStandardError, standardError };
  const margin = normalQuantile((1 + checkLevel(level)) / 2) * standardError;
  return { lower: Math.max(min, value - margin), upper: Math.min(max, value + margin), standardError };
}

export function unknownBecause(reason: string): Interval {
  return { lower: null, upper: null, reason };
}

/** @throws RangeError for a level that is not between 0 and 1. */
export function checkLevel(level: number): number {
  if (level > 0 && level < 1) return level;
  throw new RangeError(`The level is ${level}, expected a share between 0 and 1, such as 0.95.`);
}

const noStandardError = 'The standard error is 0 at this value, which does not tell how sure it is.';
