import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../testing/interval-fixtures.js';
import { mcnemarExact } from './mcnemar-exact.js';

describe('mcnemarExact', () => {
  it.each(fixtures.mcnemar)('is what statsmodels says of $b against $c', ({ b, c, p }) => {
    const found = mcnemarExact(b, c);
    if (p === 0) expect(found).toBe(0);
    else expect(Math.abs(found / p - 1), `${found}, expected ${p}`).toBeLessThan(1e-9);
  });

  it('is the worked example of 6 against 16: 2 · 110,056 / 2²²', () => {
    expect(mcnemarExact(6, 16)).toBeCloseTo(220112 / 2 ** 22, 15);
  });

  it('adds up the binomial, term by term', () => {
    fc.assert(
      fc.property(fc.nat(25), fc.nat(25), (b, c) => {
        let tail = 0;
        let chosen = 1;
        for (let heads = 0; heads <= Math.min(b, c); heads++) {
          tail += chosen;
          chosen = (chosen * (b + c - heads)) / (heads + 1);
        }
        expect(mcnemarExact(b, c)).toBeCloseTo(Math.min(1, (2 * tail) / 2 ** (b + c)), 12);
      }),
    );
  });

  it('tells neither side from the other, is in 0..1, and falls as the sides part', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (b, c) => {
        const p = mcnemarExact(b, c);
        expect(mcnemarExact(c, b)).toBe(p);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(mcnemarExact(Math.min(b, c), Math.max(b, c) + 1)).toBeLessThanOrEqual(p);
      }),
    );
  });
});
