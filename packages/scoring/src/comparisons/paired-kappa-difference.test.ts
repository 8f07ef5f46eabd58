import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeResamples } from '../resampling/make-resamples.js';
import { resampleEntries } from '../resampling/resample-entries.js';
import { calledStudy } from '../testing/cases.js';
import { expectNear, fixtures, toGold, toPredictions } from '../testing/interval-fixtures.js';
import { callsArbitrary, resampleCalls } from '../testing/resampled.js';
import { pairedKappaDifference } from './paired-kappa-difference.js';

describe('pairedKappaDifference', () => {
  it('is that of scikit-learn’s kappas on the same resamples', () => {
    const { studies, seed, resamples, bounds, pValue } = fixtures.difference;
    const second = studies.map(([study, , , , , label]) => ({ study, label, probability: null }));
    const [a, b] = resampleEntries(makeResamples(toGold(studies), { seed, resamples }), [
      toPredictions(studies),
      second,
    ]);
    if (!a || !b) throw new Error('expected two entries');
    const found = pairedKappaDifference(a, b);
    expectNear(found.lower, bounds[0]);
    expectNear(found.upper, bounds[1]);
    expectNear(found.pValue, pValue);
  });

  it('is turned over with the entries, is in order, and holds its level: p is small just where 0 is outside', () => {
    fc.assert(
      fc.property(callsArbitrary, ([cases, calls]) => {
        const [a, b = a] = resampleCalls(cases, calls, { resamples: 200 });
        if (!a || !b) throw new Error('expected entries');
        const found = pairedKappaDifference(a, b);
        const turned = pairedKappaDifference(b, a);
        expect(turned.degenerate).toBe(found.degenerate);
        if (found.difference === null) expect(turned.difference).toBeNull();
        if (found.difference === null) return;
        expectNear(turned.difference, -found.difference);
        expectNear(turned.lower, -found.upper);
        expectNear(turned.pValue, found.pValue);
        expect(found.lower).toBeLessThanOrEqual(found.upper);
        // Undefined resamples make the two of them round differently, and so does the added one.
        if (found.degenerate === 0 && found.pValue < 0.04) expect(found.lower * found.upper).toBeGreaterThanOrEqual(0);
        if (found.degenerate === 0 && found.pValue > 0.07) expect(found.lower * found.upper).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('is 0 for an entry and itself', () => {
    const cases = [1, 0, 1, 0, 1, 0].map((actual) => calledStudy('hand', actual as 0 | 1, 0.5));
    const [entry] = resampleCalls(cases, [[1, 0, 1, 1, 0, 0]], { resamples: 100 });
    if (!entry) throw new Error('expected an entry');
    expect(pairedKappaDifference(entry, entry)).toMatchObject({ difference: 0, lower: 0, upper: 0, pValue: 1 });
  });

  it('has the least p-value that so many resamples can give, where all are on one side', () => {
    const cases = Array.from({ length: 60 }, (_, place) => calledStudy('hand', place % 2 === 0 ? 1 : 0, 0.5));
    const right = cases.map(({ actual }) => actual);
    const wrong = cases.map(({ actual }) => (1 - actual) as 0 | 1);
    const [a, b] = resampleCalls(cases, [right, wrong], { resamples: 99 });
    if (!a || !b) throw new Error('expected two entries');
    // 2 (0 + 1) / (99 + 1)
    expect(pairedKappaDifference(a, b)).toMatchObject({ difference: 2, upper: 2, pValue: 0.02, degenerate: 0 });
  });

  it('is null with the reason where a kappa is undefined, and refuses resamples of their own', () => {
    const cases = [calledStudy('hand', 1, 0.5), calledStudy('hand', 1, 0.5)];
    const [undefinedKappa, zero] = resampleCalls(
      cases,
      [
        [1, 1],
        [0, 0],
      ],
      { resamples: 5 },
    );
    if (!undefinedKappa || !zero) throw new Error('expected two entries');
    const nothing = { difference: null, lower: null, upper: null, pValue: null, degenerate: 5 };
    const reason = expect.stringContaining('every study abnormal');
    expect(pairedKappaDifference(undefinedKappa, zero)).toEqual({ ...nothing, reason });
    expect(pairedKappaDifference(zero, undefinedKappa)).toEqual({ ...nothing, reason });
    expect(() => pairedKappaDifference(zero, { ...zero, resamples: makeResamples([]) })).toThrow('same for all');
    expect(() => pairedKappaDifference(zero, zero, { level: 0 })).toThrow(RangeError);
  });
});
