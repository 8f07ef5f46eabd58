import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankEntries } from './rank-entries.js';

interface Entry {
  name: string;
  kappa: number | null;
  at: string | null;
  reference?: boolean;
}

const fields = {
  values: (entry: Entry) => [entry.kappa],
  submittedAt: (entry: Entry) => entry.at,
  isRanked: (entry: Entry) => !entry.reference,
};

describe('rankEntries', () => {
  it('shares a rank among equals, the earlier first, and leaves no gap after them', () => {
    const ranked = rank([
      { name: 'third', kappa: 0.5, at: '2026-01-01T00:00:00Z' },
      { name: 'late', kappa: 0.7, at: '2026-02-02T00:00:00Z' },
      { name: 'first', kappa: 0.9, at: '2026-03-03T00:00:00Z' },
      { name: 'early', kappa: 0.7, at: '2026-02-01T00:00:00Z' },
    ]);
    expect(ranked).toEqual(['1 first', '2 early', '2 late', '3 third']);
  });

  it('orders by the instant, in whatever zone it is written', () => {
    const ranked = rank([
      { name: 'later', kappa: 0.7, at: '2026-01-01T01:00:00Z' },
      { name: 'earlier', kappa: 0.7, at: '2026-01-01T02:00:00+02:00' },
    ]);
    expect(ranked).toEqual(['1 earlier', '1 later']);
  });

  it('puts references in their place without a rank, and counts none for them', () => {
    const ranked = rank([
      { name: 'b', kappa: 0.7, at: '2026-01-01T00:00:00Z' },
      { name: 'reader', kappa: 0.8, at: null, reference: true },
      { name: 'reader as good', kappa: 0.7, at: null, reference: true },
      { name: 'a', kappa: 0.9, at: '2026-01-02T00:00:00Z' },
    ]);
    expect(ranked).toEqual(['1 a', 'null reader', 'null reader as good', '2 b']);
  });

  it('puts entries without a kappa last, unranked, the earlier first', () => {
    const ranked = rank([
      { name: 'undefined late', kappa: null, at: '2026-02-01T00:00:00Z' },
      { name: 'undefined early', kappa: null, at: '2026-01-01T00:00:00Z' },
      { name: 'bad', kappa: -1, at: '2026-03-01T00:00:00Z' },
    ]);
    expect(ranked).toEqual(['1 bad', 'null undefined early', 'null undefined late']);
  });

  it('lets a later value decide among equals, and the earlier date where the phase says so', () => {
    const entries: (Entry & { auroc?: number })[] = [
      { name: 'late', kappa: 0.7, at: '2026-02-02T00:00:00Z' },
      { name: 'early', kappa: 0.7, at: '2026-02-01T00:00:00Z' },
      { name: 'at the same time', kappa: 0.7, at: '2026-02-01T02:00:00+02:00' },
      { name: 'sharper', kappa: 0.7, auroc: 0.9, at: '2026-03-01T00:00:00Z' },
    ];
    const values = ({ kappa, auroc }: Entry & { auroc?: number }) => [kappa, auroc ?? null];
    const { submittedAt } = fields;
    const names = (ranked: { rank: number | null; entry: { name: string } }[]) =>
      ranked.map(({ rank: found, entry }) => `${found} ${entry.name}`);
    expect(names(rankEntries(entries, { values, submittedAt }))).toEqual([
      '1 sharper',
      '2 early',
      '2 at the same time',
      '2 late',
    ]);
    expect(names(rankEntries(entries, { values, submittedAt, ties: 'earlier' }))).toEqual([
      '1 sharper',
      '2 early',
      '2 at the same time',
      '3 late',
    ]);
  });

  it('gives the rank 1 + the number of greater kappas that occur, in any order, and changes nothing', () => {
    const entryArbitrary = fc.record({
      name: fc.string(),
      kappa: fc.option(
        fc.integer({ min: -3, max: 3 }).map((third) => third / 3),
        { freq: 5 },
      ),
      at: fc.constant('2026-01-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(fc.array(entryArbitrary), (entries) => {
        const before = JSON.stringify(entries);
        const ranked = rankEntries(entries, fields);
        expect(JSON.stringify(entries)).toBe(before);
        expect(ranked).toHaveLength(entries.length);
        for (const { entry, rank: found } of ranked) {
          const { kappa } = entry;
          const greater = entries.map((other) => other.kappa).filter((k) => k !== null && kappa !== null && k > kappa);
          expect(found).toBe(kappa === null ? null : new Set(greater).size + 1);
        }
      }),
    );
  });
});

function rank(entries: Entry[]): string[] {
  return rankEntries(entries, fields).map(({ entry, rank: found }) => `${found} ${entry.name}`);
}
