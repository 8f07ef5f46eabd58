import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fuzzParameters } from './fuzz-parameters.js';

beforeEach(() => {
  vi.stubEnv('HOLDOUT_FUZZ_RUNS', undefined);
  vi.stubEnv('HOLDOUT_FUZZ_SEED', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

it('begins with the same seed each time within `npm test`', () => {
  const { seed, numRuns } = fuzzParameters(300);
  expect(numRuns).toBe(300);
  expect(seed).toEqual(expect.any(Number));
  expect(fuzzParameters(300).seed).toBe(seed);
});

it('draws a new one where it is asked for a number of runs, and takes the one that it is told', () => {
  vi.stubEnv('HOLDOUT_FUZZ_RUNS', '20000');
  expect(fuzzParameters(300)).toMatchObject({ numRuns: 20_000 });
  expect(fuzzParameters(300)).not.toHaveProperty('seed');
  vi.stubEnv('HOLDOUT_FUZZ_SEED', '7');
  expect(fuzzParameters(300)).toMatchObject({ numRuns: 20_000, seed: 7 });
});

it('says which variable is wrong', () => {
  vi.stubEnv('HOLDOUT_FUZZ_SEED', 'seven');
  expect(() => fuzzParameters(300)).toThrow('HOLDOUT_FUZZ_SEED is “seven”');
});
