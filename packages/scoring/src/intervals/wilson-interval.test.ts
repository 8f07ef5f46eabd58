import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNear, fixtures } from '../testing/interval-fixtures.js';
import { wilsonInterval } from './wilson-interval.js';

describe('wilsonInterval', () => {
  it.each(fixtures.wilson)('is what statsmodels says of $successes of $n', ({ successes, n, bounds }) => {
    for (const [level, [lower, upper]] of Object.entries(bounds)) {
      const interval = wilsonInterval(successes, n, Number(level));
      expectNear(interval.lower, lower);
      expectNear(interval.upper, upper);
    }
  });

  // R. G. Newcombe, “Two-sided confidence intervals for the single proportion”, Statistics in Medicine 17, 1998,
  // table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('is Newcombe’s example of %d of %d', (successes, n, lower, upper) => {
    const interval = wilsonInterval(successes, n);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('holds the share, has a width, stays within 0..1, and is turned over with the share', () => {
    const shareArbitrary = fc.integer({ min: 1, max: 2000 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    fc.assert(
      fc.property(shareArbitrary, ([successes, n]) => {
        const { lower, upper } = wilsonInterval(successes, n);
        if (lower === null) throw new Error('expected bounds');
        expect(lower).toBeLessThanOrEqual(successes / n);
        expect(upper).toBeGreaterThanOrEqual(successes / n);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(upper - lower).toBeGreaterThan(0);
        expectNear(wilsonInterval(n - successes, n).lower, 1 - upper);
      }),
    );
  });

  it('ends at 0 and at 1 exactly', () => {
    for (let n = 1; n < 200; n++) {
      expect(wilsonInterval(0, n).lower).toBe(0);
      expect(wilsonInterval(n, n).upper).toBe(1);
    }
  });

  it('is null without studies, and refuses a level that is none', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lower: null, upper: null, reason: 'There are no studies.' });
    expect(() => wilsonInterval(1, 2, 1)).toThrow(RangeError);
  });
});
