import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cohensKappa } from './cohens-kappa.js';

const countsArbitrary = fc.record({
  truePositive: fc.nat(1000),
  falsePositive: fc.nat(1000),
  trueNegative: fc.nat(1000),
  falseNegative: fc.nat(1000),
});

it('is (po − pe) / (1 − pe), as Cohen wrote it', () => {
  fc.assert(
    fc.property(countsArbitrary, (counts) => {
      const { truePositive: a, falsePositive: b, falseNegative: c, trueNegative: d } = counts;
      const n = a + b + c + d;
      const observed = (a + d) / n;
      const byChance = ((a + b) * (a + c) + (c + d) * (b + d)) / (n * n);
      const { value } = cohensKappa(counts);
      fc.pre(n > 0 && byChance < 1);
      expect(value).toBeCloseTo((observed - byChance) / (1 - byChance), 10);
    }),
  );
});

it('is the worked example of Cohen’s question: 20, 5, 10, 15 of 50 give 0.4', () => {
  expect(cohensKappa({ truePositive: 20, falsePositive: 10, trueNegative: 15, falseNegative: 5 })).toEqual({
    value: 0.4,
  });
});

it('does not tell the two sides apart', () => {
  fc.assert(
    fc.property(countsArbitrary, (counts) => {
      const exchanged = { ...counts, falsePositive: counts.falseNegative, falseNegative: counts.falsePositive };
      expect(cohensKappa(exchanged)).toEqual(cohensKappa(counts));
    }),
  );
});

it('does not tell the two classes apart', () => {
  fc.assert(
    fc.property(countsArbitrary, ({ truePositive, falsePositive, trueNegative, falseNegative }) => {
      const exchanged = cohensKappa({
        truePositive: trueNegative,
        falsePositive: falseNegative,
        trueNegative: truePositive,
        falseNegative: falsePositive,
      });
      expect(exchanged.value).toBe(cohensKappa({ truePositive, falsePositive, trueNegative, falseNegative }).value);
    }),
  );
});

it('lies in −1..1, and is 1 just where both classes occur and nothing is wrong', () => {
  fc.assert(
    fc.property(countsArbitrary, (counts) => {
      const { value } = cohensKappa(counts);
      if (value === null) return;
      expect(Math.abs(value)).toBeLessThanOrEqual(1);
      expect(value === 1).toBe(counts.falsePositive + counts.falseNegative === 0);
    }),
  );
});

it('is the same number for the same table, however many times it is counted', () => {
  fc.assert(
    fc.property(countsArbitrary, fc.integer({ min: 2, max: 1000 }), (counts, times) => {
      const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
      const repeated = cohensKappa({
        truePositive: truePositive * times,
        falsePositive: falsePositive * times,
        trueNegative: trueNegative * times,
        falseNegative: falseNegative * times,
      });
      // Bit for bit: a shared rank depends on it.
      expect(repeated.value).toBe(cohensKappa(counts).value);
    }),
  );
});

it('is null with a reason where agreement by chance is certain', () => {
  const none = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  expect(cohensKappa({ ...none, truePositive: 7 })).toEqual({
    value: null,
    reason: expect.stringContaining('every study abnormal'),
  });
  expect(cohensKappa({ ...none, trueNegative: 7 })).toEqual({
    value: null,
    reason: expect.stringContaining('every study normal'),
  });
  expect(cohensKappa(none)).toEqual({ value: null, reason: 'There are no studies.' });
});
