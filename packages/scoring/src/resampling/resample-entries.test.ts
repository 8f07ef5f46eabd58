import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scorePredictions } from '../score-predictions.js';
import { casesOfCounts, goldOf, predictionsOf } from '../testing/cases.js';
import { callsArbitrary, resampleCalls } from '../testing/resampled.js';
import { makeResamples } from './make-resamples.js';
import { resampleEntries } from './resample-entries.js';

describe('resampleEntries', () => {
  it('has the kappa of a test set in which each study occurs as often as it was drawn', () => {
    fc.assert(
      fc.property(callsArbitrary, ([cases, calls]) => {
        const entries = resampleCalls(cases, calls, { resamples: 4 });
        const { clusterOf, forEach } = makeResamples(goldOf(cases), { resamples: 4 });
        for (const [number, entry] of entries.entries()) {
          const called = cases.map((study, place) => ({ ...study, predicted: calls[number]?.[place] ?? 0 }));
          expect(entry.kappa).toEqual(scorePredictions(goldOf(called), predictionsOf(called)).overall.kappa);
          expect([...entry.isRight]).toEqual(called.map(({ actual, predicted }) => (actual === predicted ? 1 : 0)));
          forEach((multiplicities, resample) => {
            const drawn = called.flatMap((study, place) =>
              Array.from({ length: multiplicities[clusterOf[place] ?? 0] ?? 0 }, (_, copy) => ({
                ...study,
                study: `${study.study} ${copy}`,
              })),
            );
            const { value } = scorePredictions(goldOf(drawn), predictionsOf(drawn)).overall.kappa;
            expect(entry.kappas[resample]).toBe(value ?? Number.NaN);
          });
        }
      }),
    );
  });

  it('gives an entry the same, alone and among others', () => {
    const cases = casesOfCounts('hand', { truePositive: 9, falsePositive: 3, trueNegative: 12, falseNegative: 4 });
    const resamples = makeResamples(goldOf(cases), { resamples: 50 });
    const other = cases.map((study) => ({ ...study, predicted: 1 as const }));
    const [, among] = resampleEntries(resamples, [predictionsOf(other), predictionsOf(cases)]);
    expect(resampleEntries(resamples, [predictionsOf(cases)])).toEqual([among]);
  });

  it('demands that every entry covers the test set', () => {
    const cases = casesOfCounts('hand', { truePositive: 2, falsePositive: 0, trueNegative: 2, falseNegative: 0 });
    const resamples = makeResamples(goldOf(cases), { resamples: 2 });
    const entries = [predictionsOf(cases), predictionsOf(cases.slice(1))];
    expect(() => resampleEntries(resamples, entries)).toThrow('no prediction');
  });
});
