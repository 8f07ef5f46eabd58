import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calledStudy } from '../testing/cases.js';
import { callsArbitrary, resampleCalls } from '../testing/resampled.js';
import { compareWithReaders } from './compare-with-readers.js';
import { mcnemarExact } from './mcnemar-exact.js';
import { pairedKappaDifference } from './paired-kappa-difference.js';

const cases = Array.from({ length: 200 }, (_, place) => calledStudy('hand', place % 2 === 0 ? 1 : 0, 0.5));
const wrongFrom = (first: number, count: number) =>
  cases.map(({ actual }, place) => (place >= first && place < first + count ? ((1 - actual) as 0 | 1) : actual));

describe('compareWithReaders', () => {
  it.each([
    ['better than', 5, 40],
    ['worse than', 40, 5],
    ['not told apart from', 20, 24],
    ['not told apart from', 20, 20],
  ] as const)('says %s for %d wrong against %d', (verdict, ofEntry, ofReader) => {
    const [entry, reader] = resampleCalls(cases, [wrongFrom(0, ofEntry), wrongFrom(100, ofReader)]);
    if (!entry || !reader) throw new Error('expected two');
    const found = compareWithReaders(entry, reader);
    expect(found.verdict).toBe(verdict);
    expect(found.mcnemar).toBe(mcnemarExact(ofReader, ofEntry));
    expect(found).toMatchObject(pairedKappaDifference(entry, reader));
  });

  it('does not trust the bootstrap of five studies, which McNemar’s test cannot tell from luck', () => {
    const [entry, reader] = resampleCalls(cases, [wrongFrom(100, 10), wrongFrom(100, 15)]);
    if (!entry || !reader) throw new Error('expected two');
    const found = compareWithReaders(entry, reader);
    expect(found.lower).toBeGreaterThan(0);
    expect(found.mcnemar).toBe(1 / 16);
    expect(found.verdict).toBe('not told apart from');
    const loose = compareWithReaders(entry, reader, { level: 0.9 });
    expect(loose.verdict).toBe('better than');
    expect(loose.lower).toBeGreaterThan(found.lower ?? 1);
  });

  it('does not decide where kappa and the number of right calls disagree', () => {
    const few = Array.from({ length: 200 }, (_, place) => calledStudy('hand', place < 4 ? 1 : 0, 0.5));
    const calls = [few.map((_, place) => (place < 30 ? 1 : 0)), few.map(() => 0 as const)];
    const [finds, callsAllNormal] = resampleCalls(few, calls);
    if (!finds || !callsAllNormal) throw new Error('expected two');
    const found = compareWithReaders(finds, callsAllNormal);
    expect(found.lower).toBeGreaterThan(0);
    expect(found.mcnemar).toBeLessThan(0.001);
    expect(found.verdict).toBe('not told apart from');
    expect(compareWithReaders(callsAllNormal, finds).verdict).toBe('not told apart from');
  });

  it('says the opposite where both are exchanged', () => {
    const opposite = { 'better than': 'worse than', 'worse than': 'better than' } as Record<string, string>;
    fc.assert(
      fc.property(callsArbitrary, ([studies, calls]) => {
        const [a, b = a] = resampleCalls(studies, calls, { resamples: 30 });
        if (!a || !b) throw new Error('expected entries');
        const { verdict } = compareWithReaders(a, b);
        expect(compareWithReaders(b, a).verdict).toBe(opposite[verdict] ?? verdict);
      }),
    );
  });
});
