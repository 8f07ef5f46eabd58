import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calledStudy } from '../testing/cases.js';
import { callsArbitrary, resampleCalls } from '../testing/resampled.js';
import { compareWithLeader } from './compare-with-leader.js';
import { holm } from './holm.js';
import { mcnemarExact } from './mcnemar-exact.js';
import { pairedKappaDifference } from './paired-kappa-difference.js';

const cases = Array.from({ length: 200 }, (_, place) => calledStudy('hand', place % 2 === 0 ? 1 : 0, 0.5));
/** Right but for so many studies, from this place on. */
const wrongFrom = (first: number, count: number) =>
  cases.map(({ actual }, place) => (place >= first && place < first + count ? ((1 - actual) as 0 | 1) : actual));

describe('compareWithLeader', () => {
  it('tells apart what is far below, and not what may be as good', () => {
    const calls = [wrongFrom(0, 60), wrongFrom(100, 10), wrongFrom(100, 14), wrongFrom(100, 10)];
    const entries = resampleCalls(cases, calls);
    const found = compareWithLeader(entries);
    expect(found.map(({ toldApartFromFirst }) => toldApartFromFirst)).toEqual([true, false, false, false]);
    const [far, leader, close, equal] = found;
    expect(far?.difference).toBeCloseTo(0.5, 12);
    expect(far?.mcnemar).toBe(mcnemarExact(60, 10));
    expect(close?.mcnemar).toBe(mcnemarExact(4, 0));
    expect(found.map(({ adjusted }) => adjusted)).toEqual(
      [far?.mcnemar ?? 0, 0, 0, 0].map((p, place) => (place === 0 ? p * 3 : place === 2 ? mcnemarExact(4, 0) * 2 : 1)),
    );
    for (const same of [leader, equal]) {
      expect(same).toMatchObject({ difference: 0, lower: 0, upper: 0, mcnemar: 1, adjusted: 1 });
    }
  });

  it('adjusts for the number of entries: what one would tell, twenty do not', () => {
    const close = wrongFrom(100, 17);
    const one = compareWithLeader(resampleCalls(cases, [wrongFrom(100, 10), close]));
    const many = compareWithLeader(
      resampleCalls(cases, [wrongFrom(100, 10), ...Array.from({ length: 20 }, () => close)]),
    );
    // 2 · 2⁻⁷ is 0.0156.
    expect([one[1]?.mcnemar, one[1]?.adjusted, one[1]?.toldApartFromFirst]).toEqual([1 / 64, 1 / 64, true]);
    expect([many[1]?.mcnemar, many[1]?.adjusted, many[1]?.toldApartFromFirst]).toEqual([1 / 64, 20 / 64, false]);
  });

  it('demands that kappa and McNemar’s test agree on who is ahead', () => {
    // The leader finds what little is abnormal; the other is far more often right by calling everything normal.
    const few = Array.from({ length: 200 }, (_, place) => calledStudy('hand', place < 4 ? 1 : 0, 0.5));
    const leader = few.map((_, place) => (place < 30 ? 1 : 0));
    const all = few.map(() => 0 as const);
    const [, other] = compareWithLeader(resampleCalls(few, [leader, all]));
    expect(other?.mcnemar).toBeLessThan(0.001);
    expect(other?.toldApartFromFirst).toBe(false);
    expect(other?.lower).toBeGreaterThan(0);

    // All normal again, now the leader with a kappa of 0: the other, with many false alarms, is hardly below it.
    const alarms = few.map((_, place) => (place === 0 || place >= 140 ? 1 : 0));
    const [, hardlyBelow] = compareWithLeader(resampleCalls(few, [all, alarms]));
    expect(hardlyBelow?.mcnemar).toBeLessThan(0.001);
    expect(hardlyBelow?.difference).toBeGreaterThan(0);
    expect(hardlyBelow?.lower).toBeLessThan(0);
    expect(hardlyBelow?.toldApartFromFirst).toBe(false);
  });

  it('takes another level for the test and for the interval', () => {
    // 7 studies all on one side are enough for the bootstrap at any level, and for McNemar's test at 0.95.
    const entries = resampleCalls(cases, [wrongFrom(100, 10), wrongFrom(100, 17)]);
    const [loose, strict] = [0.95, 0.99].map((level) => compareWithLeader(entries, { level })[1]);
    expect([loose?.toldApartFromFirst, strict?.toldApartFromFirst]).toEqual([true, false]);
    expect(strict?.lower).toBeGreaterThan(0);
    expect(strict?.lower).toBeLessThan(loose?.lower ?? 0);
  });

  it('is made of its parts, for any entries', () => {
    fc.assert(
      fc.property(callsArbitrary, ([studies, calls]) => {
        const entries = resampleCalls(studies, calls, { resamples: 30 });
        const found = compareWithLeader(entries);
        const kappas = entries.map(({ kappa }) => kappa.value ?? Number.NEGATIVE_INFINITY);
        const best = Math.max(...kappas);
        const leader = entries[kappas.indexOf(best)];
        expect(found).toHaveLength(entries.length);
        if (!leader || best === Number.NEGATIVE_INFINITY) {
          expect(found.some(({ toldApartFromFirst }) => toldApartFromFirst)).toBe(false);
          return;
        }
        const others = entries.filter((entry) => entry !== leader);
        const adjusted = holm(others.map((entry) => found[entries.indexOf(entry)]?.mcnemar ?? 1));
        for (const [place, entry] of entries.entries()) {
          expect(found[place]).toMatchObject(pairedKappaDifference(leader, entry));
          const expected = entry === leader ? 1 : adjusted[others.indexOf(entry)];
          expect(found[place]?.adjusted).toBe(expected);
        }
      }),
    );
  });

  it('has nothing to say of no entries', () => {
    expect(compareWithLeader([])).toEqual([]);
  });
});
