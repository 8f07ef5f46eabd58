import { expect, it } from 'vitest';
import { makeResamples } from '../resampling/make-resamples.js';
import { resampleEntries } from '../resampling/resample-entries.js';
import { casesOfCounts, goldOf, predictionsOf } from '../testing/cases.js';
import { ladderStep } from './ladder-step.js';

const cases = casesOfCounts('wrist', { truePositive: 70, falsePositive: 30, trueNegative: 80, falseNegative: 27 });
const resamples = makeResamples(goldOf(cases), { resamples: 2000, seed: 7 });

/** The same calls, with the first `wrong` of those that were wrong put right, or of the right ones put wrong. */
function change(count: number, to: 'right' | 'wrong') {
  let left = count;
  return cases.map((study) => {
    const isRight = study.actual === study.predicted;
    if (left === 0 || isRight === (to === 'right')) return study;
    left -= 1;
    return { ...study, predicted: (1 - study.predicted) as 0 | 1 };
  });
}

function step(candidate: typeof cases, best: typeof cases | null) {
  const entries = best === null ? [candidate] : [candidate, best];
  const [first, second] = resampleEntries(resamples, entries.map(predictionsOf));
  if (!first) throw new Error('Nothing was resampled.');
  return ladderStep(first, second ?? null);
}

it('releases a first score, and one that beats the best by more than its standard error', () => {
  expect(step(cases, null)).toEqual({ isReleased: true, difference: null, standardError: null });
  const better = step(change(20, 'right'), cases);
  expect(better.isReleased).toBe(true);
  expect(better.difference).toBeCloseTo((2 * 20) / 207, 2);
});

it('withholds what chance could have made, what is the same and what is worse', () => {
  // One study more: its standard error is that of one study, and as large as the step.
  const one = step(change(1, 'right'), cases);
  expect(one.difference).toBeGreaterThan(0);
  expect(one.isReleased).toBe(false);
  expect(step(cases, cases)).toEqual({ isReleased: false, difference: 0, standardError: 0 });
  expect(step(change(20, 'wrong'), cases)).toMatchObject({ isReleased: false });
});

it('has the standard error of the paired difference of means where kappa is one', () => {
  // With as many abnormal as normal studies and calls kept in balance, kappa is nearly 2·accuracy − 1.
  const { standardError } = step(change(20, 'right'), cases);
  const share = 20 / cases.length;
  const paired = 2 * Math.sqrt((share * (1 - share)) / cases.length);
  expect(standardError).toBeGreaterThan(0.85 * paired);
  expect(standardError).toBeLessThan(1.15 * paired);
});

it('lets a defined kappa follow an undefined one, and not the other way', () => {
  const normal = casesOfCounts('hand', { truePositive: 0, falsePositive: 0, trueNegative: 9, falseNegative: 0 });
  const calls = normal.map((study, place) => ({ ...study, predicted: place === 0 ? (1 as const) : study.predicted }));
  const own = makeResamples(goldOf(normal), { resamples: 10 });
  const [undefinedOne, zero] = resampleEntries(own, [predictionsOf(normal), predictionsOf(calls)]);
  if (!undefinedOne || !zero) throw new Error('Nothing was resampled.');
  expect(undefinedOne.kappa.value).toBeNull();
  expect(zero.kappa.value).toBe(0);
  expect(ladderStep(zero, undefinedOne).isReleased).toBe(true);
  expect(ladderStep(undefinedOne, zero).isReleased).toBe(false);
});
