import { competitionFileSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { readQuantity, writeSize, writeTime } from './units.js';

it('writes what the competition’s file reads as the same number', () => {
  expect([1, 1536, 1024 ** 2, 512 * 1024 ** 2, 3 * 1024 ** 3, 1_000_000].map(writeSize)).toEqual([
    1,
    1536,
    '1 MiB',
    '512 MiB',
    '3 GiB',
    1_000_000,
  ]);
  expect([59, 90, 60, 1800, 7200, 86_400].map(writeTime)).toEqual([59, 90, '1 min', '30 min', '2 h', '1 d']);
  const limits = { bundleSize: writeSize(512 * 1024 ** 2), time: writeTime(5400), memory: writeSize(100_000_000) };
  const phase = { phase: 'p', title: 'P', visibility: 'hidden', testSet: 't', sample: 's', limits };
  const { phases } = competitionFileSchema.parse({ competition: 'c', title: 'C', phases: [phase] });
  expect(phases[0]?.limits).toMatchObject({ bundleSize: 512 * 1024 ** 2, time: 5400, memory: 100_000_000 });
});

it('takes digits alone for a number', () => {
  expect([' 12 ', '30 min', '', '1e3'].map(readQuantity)).toEqual([12, '30 min', '', '1e3']);
});
