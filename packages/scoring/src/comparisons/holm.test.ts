import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNear, fixtures } from '../testing/interval-fixtures.js';
import { holm } from './holm.js';

describe('holm', () => {
  it.each(fixtures.holm)('is what statsmodels says of $pValues', ({ pValues, adjusted }) => {
    for (const [place, value] of holm(pValues).entries()) expectNear(value, adjusted[place] ?? null);
  });

  it('multiplies the least by their number, the next by one less, and so on, never falling', () => {
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
    expect(holm([0.5, 0.6])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it('keeps the order of the values, and lies between them and Bonferroni’s', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const before = [...pValues];
        const adjusted = holm(pValues);
        expect(pValues).toEqual(before);
        for (const [a, pValue] of pValues.entries()) {
          expect(adjusted[a]).toBeGreaterThanOrEqual(pValue);
          expect(adjusted[a]).toBeLessThanOrEqual(Math.min(1, pValue * pValues.length));
          for (const [b, other] of pValues.entries()) {
            if (pValue <= other) expect(adjusted[a]).toBeLessThanOrEqual(adjusted[b] ?? 0);
          }
        }
      }),
    );
  });
});
