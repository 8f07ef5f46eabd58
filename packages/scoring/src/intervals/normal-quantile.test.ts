import { expect, it } from 'vitest';
import { expectNear, fixtures } from '../testing/interval-fixtures.js';
import { normalQuantile } from './normal-quantile.js';

it.each(fixtures.normalQuantile)('of %d is %d, as scipy says', (share, expected) => {
  expectNear(normalQuantile(share), expected, 1e-13);
});

it('is endless for 0 and 1, and nothing outside', () => {
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  expect(normalQuantile(-0.1)).toBeNaN();
  expect(normalQuantile(1.1)).toBeNaN();
});
