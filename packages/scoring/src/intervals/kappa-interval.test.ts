import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohensKappa } from '../cohens-kappa.js';
import { expectNear, fixtures, toCounts } from '../testing/interval-fixtures.js';
import { kappaInterval } from './kappa-interval.js';

const countsArbitrary = fc.record({
  truePositive: fc.nat(60),
  falsePositive: fc.nat(60),
  trueNegative: fc.nat(60),
  falseNegative: fc.nat(60),
});

describe('kappaInterval', () => {
  it.each(fixtures.kappa)('is what statsmodels says of $counts', ({ counts, standardError, lower, upper }) => {
    const interval = kappaInterval(toCounts(counts));
    if (standardError < 1e-7) {
      expect(interval.lower).toBeNull();
      return;
    }
    expectNear(interval.standardError, standardError);
    expectNear(interval.lower, lower);
    expectNear(interval.upper, upper);
  });

  // D. G. Bonett’s R package statpsych prints this for `ci.kappa(.05, 31, 12, 4, 58)`.
  it('is the published example of 31, 12, 4 and 58 studies', () => {
    const interval = kappaInterval({ trueNegative: 31, falsePositive: 12, falseNegative: 4, truePositive: 58 });
    expect(interval.standardError).toBeCloseTo(0.07344761, 8);
    expect(interval.lower).toBeCloseTo(0.531721, 6);
    expect(interval.upper).toBeCloseTo(0.8196303, 7);
  });

  it('holds the estimate, within −1..1, the wider the surer; exchanging sides or classes changes nothing', () => {
    fc.assert(
      fc.property(countsArbitrary, (counts) => {
        const interval = kappaInterval(counts);
        const wider = kappaInterval(counts, 0.99);
        const { truePositive: a, falsePositive: b, trueNegative: d, falseNegative: c } = counts;
        const sides = kappaInterval({ truePositive: a, falsePositive: c, trueNegative: d, falseNegative: b });
        const classes = kappaInterval({ truePositive: d, falsePositive: c, trueNegative: a, falseNegative: b });
        if (interval.lower === null) {
          expect(interval.reason).not.toBe('');
          expect([wider.lower, sides.lower, classes.lower]).toEqual([null, null, null]);
          return;
        }
        const kappa = cohensKappa(counts).value ?? Number.NaN;
        expect(interval.lower).toBeLessThan(kappa);
        expect(interval.upper).toBeGreaterThan(kappa);
        expect(interval.lower).toBeGreaterThanOrEqual(-1);
        expect(interval.upper).toBeLessThanOrEqual(1);
        expect(wider.lower).toBeLessThanOrEqual(interval.lower);
        expect(wider.upper).toBeGreaterThanOrEqual(interval.upper);
        for (const same of [sides, classes]) {
          expectNear(same.lower, interval.lower);
          expectNear(same.upper, interval.upper);
        }
      }),
    );
  });

  it('shrinks with the root of the number of studies', () => {
    const once = kappaInterval({ truePositive: 20, falsePositive: 7, trueNegative: 30, falseNegative: 5 });
    const often = kappaInterval({ truePositive: 2000, falsePositive: 700, trueNegative: 3000, falseNegative: 500 });
    expectNear(often.standardError, (once.standardError ?? 0) / 10);
  });

  it.each([
    ['no studies', [0, 0, 0, 0], /no studies/],
    ['one class on both sides', [5, 0, 0, 0], /every study abnormal/],
    ['a gold standard of one class', [0, 3, 5, 0], /gold standard calls every study the same/],
    ['predictions of one class', [4, 5, 0, 0], /predictions call every study the same/],
    ['nothing wrong', [7, 0, 9, 0], /standard error is 0/],
    ['everything wrong, evenly', [0, 5, 0, 5], /standard error is 0/],
  ] as const)('says why it is null for %s', (_name, [a, b, c, d], reason) => {
    const interval = kappaInterval(toCounts([a, b, c, d]));
    expect(interval).toMatchObject({ lower: null, upper: null, reason: expect.stringMatching(reason) });
  });

  it('refuses a level that is none', () => {
    const counts = { truePositive: 3, falsePositive: 1, trueNegative: 3, falseNegative: 1 };
    for (const level of [0, 1, 95, Number.NaN]) expect(() => kappaInterval(counts, level)).toThrow(RangeError);
  });
});
