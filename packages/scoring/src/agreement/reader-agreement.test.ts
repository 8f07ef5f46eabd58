import { expect, it } from 'vitest';
import { agreeInPairs } from './reader-agreement.js';

/** A letter for each study; one that is `-` was not read. */
function read(reader: string, letters: string) {
  const labels = new Map<string, 0 | 1>();
  for (const [place, letter] of [...letters].entries())
    if (letter !== '-') labels.set(`s${place}`, letter === '1' ? 1 : 0);
  return { reader, labels };
}

/** Cohen's own definition, (po − pe) / (1 − pe), worked out by hand. */
it('is Cohen’s kappa of each pair, on the studies that both have read', () => {
  const pairs = agreeInPairs([read('Ada', '1100110'), read('Ben', '1000111'), read('Cem', '-1---00')]);
  expect(pairs.map(({ first, second }) => `${first}–${second}`)).toEqual(['Ada–Ben', 'Ada–Cem', 'Ben–Cem']);
  // po = 5/7; both call 4 of 7 abnormal: pe = (16 + 9) / 49.
  expect(pairs[0]).toMatchObject({ studies: 7, agreed: 5 });
  expect(pairs[0]?.kappa.value).toBeCloseTo((5 / 7 - 25 / 49) / (1 - 25 / 49), 14);
  // Three studies in common: 1 1, 1 0, 0 0; po = 2/3, pe = (2·1 + 1·2) / 9.
  expect(pairs[1]).toMatchObject({ studies: 3, agreed: 2 });
  expect(pairs[1]?.kappa.value).toBeCloseTo((2 / 3 - 4 / 9) / (1 - 4 / 9), 14);
  expect(pairs[0]?.interval?.lower).toBeLessThan(pairs[0]?.kappa.value ?? -1);
  expect(pairs[0]?.interval?.upper).toBeGreaterThan(pairs[0]?.kappa.value ?? 1);
});

it('does not ask who of two is right', () => {
  const [one] = agreeInPairs([read('Ada', '1100101'), read('Ben', '1000111')]);
  const [other] = agreeInPairs([read('Ben', '1000111'), read('Ada', '1100101')]);
  expect(one?.kappa).toEqual(other?.kappa);
  expect(one?.interval?.lower).toBeCloseTo(other?.interval?.lower ?? Number.NaN, 12);
});

it('says why it is undefined', () => {
  expect(agreeInPairs([read('Ada', '11'), read('Ben', '11')])).toMatchObject([
    { studies: 2, agreed: 2, kappa: { value: null }, interval: null },
  ]);
  expect(agreeInPairs([read('Ada', '1-'), read('Ben', '-1')])).toMatchObject([
    { studies: 0, kappa: { value: null }, interval: null },
  ]);
});
