import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankEntries } from '../rank-entries.js';
import { makeResamples } from '../resampling/make-resamples.js';
import type { ResampledEntry } from '../resampling/resample-entries.js';
import { calledStudy } from '../testing/cases.js';
import { callsArbitrary, resampleCalls } from '../testing/resampled.js';
import { rankIntervals } from './rank-intervals.js';

const resamples = makeResamples([]);

describe('rankIntervals', () => {
  it('ranks densely in each resample, and takes the outer of the ranks around the percentile', () => {
    const entries = [
      entry(0.9, [0.9, 0.9, 0.9, 0.9, 0.5]),
      entry(0.7, [0.7, 0.9, 0.8, 0.95, 0.9]),
      entry(0.5, [0.5, 0.7, 0.8, 0.5, 0.9]),
    ];
    // Ranks: 1 1 1 2 2, then 2 1 2 1 1, then 3 2 2 3 1.
    expect(rankIntervals(entries, { level: 0.999 })).toEqual([
      { rank: 1, lower: 1, upper: 2, degenerate: 0 },
      { rank: 2, lower: 1, upper: 2, degenerate: 0 },
      { rank: 3, lower: 1, upper: 3, degenerate: 0 },
    ]);
    expect(rankIntervals(entries, { level: 0.5 }).map(({ lower, upper }) => [lower, upper])).toEqual([
      [1, 2],
      [1, 2],
      [2, 3],
    ]);
  });

  it('leaves 2.5 % of the resamples on each side', () => {
    const ranks = Array.from({ length: 201 }, (_, resample) => resample);
    const steady = Array.from({ length: 201 }, (_, other) =>
      entry(
        other + 0.5,
        ranks.map(() => other + 0.5),
      ),
    );
    // Above all others at first, below all of them at last.
    const moving = entry(
      100,
      ranks.map((rank) => 201 - rank),
    );
    expect(rankIntervals([moving, ...steady])[0]).toEqual({ rank: 102, lower: 6, upper: 196, degenerate: 0 });
  });

  it('is widened to the rank itself, where ties make it another than those of the resamples', () => {
    const entries = [entry(0.8, [0.8, 0.7]), entry(0.8, [0.7, 0.8]), entry(0.1, [0.1, 0.1])];
    expect(rankIntervals(entries)[2]).toEqual({ rank: 2, lower: 2, upper: 3, degenerate: 0 });
    const tiedInResamples = [entry(0.8, [0.8, 0.8]), entry(0.7, [0.8, 0.8])];
    expect(rankIntervals(tiedInResamples)[1]).toEqual({ rank: 2, lower: 1, upper: 2, degenerate: 0 });
  });

  it('leaves out the resamples in which an entry has no kappa, and gives none to one without', () => {
    const undefinedKappa = { value: null, reason: 'why' } as const;
    const entries = [entry(0.5, [Number.NaN, 0.5, 0.5]), { ...entry(0, [0, Number.NaN, 1]), kappa: undefinedKappa }];
    expect(rankIntervals(entries)).toEqual([
      { rank: 1, lower: 1, upper: 2, degenerate: 1 },
      { rank: null, lower: null, upper: null, reason: 'why', degenerate: 1 },
    ]);
    expect(rankIntervals([entry(0.5, [Number.NaN])])).toEqual([{ rank: 1, lower: 1, upper: 1, degenerate: 1 }]);
  });

  it('holds the rank of the board, and does not depend on the order of the entries', () => {
    const withOrder = callsArbitrary.chain(([cases, calls]) =>
      fc.tuple(
        fc.constant(cases),
        fc.constant(calls),
        fc.shuffledSubarray([...calls.keys()], { minLength: calls.length }),
      ),
    );
    fc.assert(
      fc.property(withOrder, ([cases, calls, order]) => {
        const entries = resampleCalls(cases, calls, { resamples: 20 });
        const found = rankIntervals(entries);
        const shuffled = rankIntervals(order.map((place) => entries[place] as ResampledEntry));
        expect(shuffled).toEqual(order.map((place) => found[place]));
        const ranked = rankEntries([...entries.keys()], {
          values: (place) => [entries[place]?.kappa.value ?? null],
          submittedAt: () => null,
        });
        for (const { entry: place, rank } of ranked) {
          expect(found[place]?.rank).toBe(rank);
          if (rank === null) continue;
          expect(found[place]?.lower).toBeLessThanOrEqual(rank);
          expect(found[place]?.upper).toBeGreaterThanOrEqual(rank);
          expect(found[place]?.lower).toBeGreaterThanOrEqual(1);
          expect(found[place]?.upper).toBeLessThanOrEqual(entries.length);
        }
      }),
    );
  });

  it('is sure of the order of entries that are far apart, and not of those that are alike', () => {
    const cases = Array.from({ length: 200 }, (_, place) => calledStudy('hand', place % 2 === 0 ? 1 : 0, 0.5));
    const wrongFrom = (first: number, count: number) =>
      cases.map(({ actual }, place) => (place >= first && place < first + count ? ((1 - actual) as 0 | 1) : actual));
    const calls = [wrongFrom(0, 10), wrongFrom(50, 12), wrongFrom(0, 80)];
    const [first, second, third] = rankIntervals(resampleCalls(cases, calls));
    expect(first).toMatchObject({ rank: 1, lower: 1, upper: 2 });
    expect(second).toMatchObject({ rank: 2, lower: 1, upper: 2 });
    expect(third).toMatchObject({ rank: 3, upper: 3 });
  });

  it('has nothing to say of no entries, and refuses entries with resamples of their own', () => {
    expect(rankIntervals([])).toEqual([]);
    expect(() => rankIntervals([entry(1, [1]), { ...entry(1, [1]), resamples: makeResamples([]) }])).toThrow('same');
    expect(() => rankIntervals([entry(1, [1])], { level: 95 })).toThrow(RangeError);
  });
});

function entry(kappa: number, kappas: number[]): ResampledEntry {
  return { kappa: { value: kappa }, kappas: Float64Array.from(kappas), isRight: new Uint8Array(0), resamples };
}
