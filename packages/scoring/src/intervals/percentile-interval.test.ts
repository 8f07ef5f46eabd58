import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileInterval, quantile, sortDefined } from './percentile-interval.js';

describe('percentileInterval', () => {
  it('lies between the values around it, as far as its share', () => {
    const values = Float64Array.from({ length: 11 }, (_, place) => 10 - place);
    expect(percentileInterval(values, 0.9).interval).toEqual({
      lower: expect.closeTo(0.5),
      upper: expect.closeTo(9.5),
    });
    expect(percentileInterval(values, 0.6).interval).toEqual({ lower: expect.closeTo(2), upper: expect.closeTo(8) });
  });

  it('leaves undefined resamples out, and counts them', () => {
    const found = percentileInterval(Float64Array.of(Number.NaN, 3, 1, Number.NaN, 2), 0.5);
    expect(found).toEqual({ interval: { lower: 1.5, upper: 2.5 }, degenerate: 2 });
  });

  it('is null where no resample has a value, and where all have the same', () => {
    expect(percentileInterval(Float64Array.of(Number.NaN, Number.NaN))).toEqual({
      interval: { lower: null, upper: null, reason: expect.stringContaining('undefined in every resample') },
      degenerate: 2,
    });
    expect(percentileInterval(Float64Array.of(1, Number.NaN, 1)).interval).toMatchObject({
      lower: null,
      reason: expect.stringContaining('the same value'),
    });
  });

  it('is that of the sorted values, whatever the level', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constant(Number.NaN),
    );
    const level = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), level, (list, share) => {
        const values = Float64Array.from(list);
        const sorted = sortDefined(values);
        const { interval } = percentileInterval(values, share);
        if (interval.lower === null) expect(sorted[0]).toBe(sorted.at(-1));
        if (interval.lower === null) return;
        const tail = (1 - share) / 2;
        expect([interval.lower, interval.upper]).toEqual([quantile(sorted, tail), quantile(sorted, 1 - tail)]);
      }),
      { numRuns: 2000 },
    );
    expect(percentileInterval(Float64Array.of(0, 1, 2, 3), 0.2).interval).toEqual({
      lower: expect.closeTo(1.2),
      upper: expect.closeTo(1.8),
    });
  });

  it('leaves its argument alone, does not depend on its order, and grows with the level', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2 }), (list) => {
        const values = Float64Array.from(list);
        const { interval } = percentileInterval(values, 0.8);
        expect([...values]).toEqual(list);
        expect(percentileInterval(values.toReversed(), 0.8).interval).toEqual(interval);
        const wider = percentileInterval(values, 0.95).interval;
        if (interval.lower === null || wider.lower === null) return;
        expect(wider.lower).toBeLessThanOrEqual(interval.lower);
        expect(interval.lower).toBeLessThanOrEqual(interval.upper);
        expect(wider.upper).toBeGreaterThanOrEqual(interval.upper);
      }),
    );
  });
});
