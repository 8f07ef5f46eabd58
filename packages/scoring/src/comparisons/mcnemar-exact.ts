import { checkLevel } from '../intervals/interval.js';
import type { ResampledEntry } from '../resampling/resample-entries.js';

/**
 * The two-sided exact p-value of McNemar's test: twice the chance of at most min(b, c) heads in b + c throws of a
 * coin, and at most 1. It is 1 where nothing speaks for either side. Exact to about 12 digits for b + c up to 10⁶,
 * and 0 only where it is below 10⁻³⁰⁸; takes time in proportion to min(b, c).
 *
 * Source: Q. McNemar, “Note on the sampling error of the difference between correlated proportions or percentages”,
 * Psychometrika 12(2), 1947, 153–157; by the binomial: F. Mosteller, “Some statistical problems in measuring the
 * subjective response to drugs”, Biometrics 8(3), 1952, 220–226.
 *
 * @param b studies that only the first side calls right
 * @param c studies that only the second side calls right
 */
export function mcnemarExact(b: number, c: number): number {
  const throws = b + c;
  const heads = Math.min(b, c);
  if (2 * heads >= throws - 1) return 1;

  // C(throws, heads) / 2^throws, halved between the factors so that it neither overflows nor vanishes too early.
  let chance = 1;
  let halvings = throws;
  for (let factor = 1; factor <= heads; factor++) {
    chance *= (throws - heads + factor) / factor;
    while (chance > 1 && halvings > 0) {
      chance /= 2;
      halvings--;
    }
  }
  chance *= 2 ** -halvings;

  // The fewer heads the smaller the terms, each from the one before it.
  let term = 1;
  let sum = 1;
  for (let fewer = heads; fewer > 0 && term > sum * Number.EPSILON; fewer--) {
    term *= fewer / (throws - fewer + 1);
    sum += term;
  }
  return Math.min(1, 2 * chance * sum);
}

/** Two entries by the studies that only one of them calls right. */
export interface CallComparison {
  /** How many more of them are the first one's. */
  readonly lead: number;
  /** By McNemar's exact test: whether there may be as many of either. */
  readonly pValue: number;
}

export function compareCalls(first: ResampledEntry, second: ResampledEntry): CallComparison {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (const [place, firstIsRight] of first.isRight.entries()) {
    const secondIsRight = second.isRight[place] ?? 0;
    onlyFirst += firstIsRight & ~secondIsRight;
    onlySecond += secondIsRight & ~firstIsRight;
  }
  return { lead: onlyFirst - onlySecond, pValue: mcnemarExact(onlyFirst, onlySecond) };
}

/** A p-value below 1 − level. */
export function isSignificant(pValue: number, level: number): boolean {
  return pValue < 1 - checkLevel(level);
}
