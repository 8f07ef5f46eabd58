import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNear, fixtures } from '../testing/interval-fixtures.js';
import { delongInterval } from './delong-interval.js';

const probabilitiesArbitrary = fc.array(
  fc.nat(16).map((sixteenths) => sixteenths / 16),
  { minLength: 2, maxLength: 30 },
);

/**
 * DeLong’s 43 patients with ovarian cancer: albumin, total protein, 10 less the K-G score, outcome. Published with
 * the areas below in the SAS/STAT User’s Guide, “Comparing Receiver Operating Characteristic Curves”.
 */
const patients = `
  3.0 5.8 10 0  3.2 6.3  5 1  3.9 6.8  3 1  2.8 4.8  6 0  3.2 5.8  3 1  0.9 4.0  5 0  2.5 5.7  8 0  1.6 5.6  5 1
  3.8 5.7  5 1  3.7 6.7  6 1  3.2 5.4  4 1  3.8 6.6  6 1  4.1 6.6  5 1  3.6 5.7  5 1  4.3 7.0  4 1  3.6 6.7  4 0
  2.3 4.4  6 1  4.2 7.6  4 0  4.0 6.6  6 0  3.5 5.8  6 1  3.8 6.8  7 1  3.0 4.7  8 0  4.5 7.4  5 1  3.7 7.4  5 1
  3.1 6.6  6 1  4.1 8.2  6 1  4.3 7.0  5 1  4.3 6.5  4 1  3.2 5.1  5 1  2.6 4.7  6 1  3.3 6.8  6 0  1.7 4.0  7 0
  3.7 6.1  5 1  3.3 6.3  7 1  4.2 7.7  6 1  3.5 6.2  5 1  2.9 5.7  9 0  2.1 4.8  7 1  2.8 6.2  8 0  4.0 7.0  7 1
  3.3 5.7  6 1  3.7 6.9  5 1  3.6 6.6  5 1`;

describe('delongInterval', () => {
  it.each(fixtures.delong)(
    'is what pROC says of $ofAbnormal.length and $ofNormal.length studies',
    ({ ofAbnormal, ofNormal, lower, upper, standardError }) => {
      const interval = delongInterval(ofAbnormal, ofNormal);
      expectNear(interval.standardError, standardError);
      // Where pROC gives no width it warns that this misleads; there is no interval then.
      if (standardError === 0) {
        expect([lower, upper, interval.lower]).toEqual([1, 1, null]);
        return;
      }
      expectNear(interval.lower, lower);
      expectNear(interval.upper, upper);
    },
  );

  it.each([
    ['albumin', 0, 0.7366, 0.0927, 0.5549, 0.9182],
    ['total protein', 1, 0.6478, 0.1, 0.4518, 0.8439],
    ['K-G score', 2, 0.7258, 0.1028, 0.5243, 0.9273],
  ])('is DeLong’s published example of %s', (_name, column, area, standardError, lower, upper) => {
    const rows = patients.trim().split(/\s{2,}(?=\d\.)|\n/);
    const valuesOf = (outcome: string) =>
      rows
        .map((row) => row.trim().split(/\s+/))
        .filter((row) => row[3] === outcome)
        .map((row) => (column === 2 ? 10 - Number(row[2]) : Number(row[column])));
    const interval = delongInterval(valuesOf('1'), valuesOf('0'));
    expect(rows).toHaveLength(43);
    expect(interval.standardError).toBeCloseTo(standardError, 4);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
    expect(((interval.lower ?? 0) + (interval.upper ?? 0)) / 2).toBeCloseTo(area, 4);
  });

  it('is found pair by pair, by the definition', () => {
    fc.assert(
      fc.property(probabilitiesArbitrary, probabilitiesArbitrary, (ofAbnormal, ofNormal) => {
        const win = (abnormal: number, normal: number) => (abnormal > normal ? 1 : abnormal === normal ? 0.5 : 0);
        const byAbnormal = ofAbnormal.map((abnormal) => mean(ofNormal.map((normal) => win(abnormal, normal))));
        const byNormal = ofNormal.map((normal) => mean(ofAbnormal.map((abnormal) => win(abnormal, normal))));
        const squared = variance(byAbnormal) / ofAbnormal.length + variance(byNormal) / ofNormal.length;
        expectNear(delongInterval(ofAbnormal, ofNormal).standardError, Math.sqrt(squared));
      }),
    );
  });

  it('holds the area, within 0..1, in any order, and is turned over by exchanging the classes', () => {
    fc.assert(
      fc.property(probabilitiesArbitrary, probabilitiesArbitrary, (ofAbnormal, ofNormal) => {
        const interval = delongInterval(ofAbnormal, ofNormal);
        expect(delongInterval(ofAbnormal.toReversed(), ofNormal.toSorted())).toEqual(interval);
        if (interval.lower === null) return;
        const area = mean(ofAbnormal.flatMap((a) => ofNormal.map((n) => (a > n ? 1 : a === n ? 0.5 : 0))));
        expect(interval.lower).toBeLessThan(area);
        expect(interval.upper).toBeGreaterThan(area);
        expect(interval.lower).toBeGreaterThanOrEqual(0);
        expect(interval.upper).toBeLessThanOrEqual(1);
        expectNear(delongInterval(ofNormal, ofAbnormal).lower, 1 - interval.upper);
      }),
    );
  });

  it.each([
    ['no abnormal study', [], [0.1, 0.2], /No study is abnormal/],
    ['no normal study', [0.1, 0.2], [], /No study is normal/],
    ['one abnormal study', [0.5], [0.1, 0.2], /Only one study is abnormal/],
    ['one normal study', [0.5, 0.6], [0.1], /Only one study is normal/],
    ['classes that are wholly apart', [0.5, 0.6], [0.1, 0.2], /standard error is 0/],
    ['equal probabilities', [0.5, 0.5], [0.5, 0.5], /standard error is 0/],
  ])('says why it is null for %s', (_name, ofAbnormal, ofNormal, reason) => {
    expect(delongInterval(ofAbnormal, ofNormal)).toMatchObject({
      lower: null,
      upper: null,
      reason: expect.stringMatching(reason),
    });
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((total, value) => total + (value - middle) ** 2, 0) / (values.length - 1);
}
