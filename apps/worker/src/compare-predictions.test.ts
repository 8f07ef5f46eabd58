import type { PredictionsFile } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { comparePredictions } from './compare-predictions.js';

function makeFile(studies: Record<string, [probability: number, ...images: number[]]>): PredictionsFile {
  return {
    format: 'holdout-predictions-1',
    studies: Object.entries(studies).map(([study, [probability, ...imageProbabilities]]) => ({
      study,
      probability,
      label: probability > 0.5 ? 1 : 0,
      imageProbabilities,
    })),
  };
}

const first = makeFile({ a: [0.4, 0.2, 0.6], b: [0.9, 0.9], c: [0.5, 0.5] });

it('calls what is the same to the last bit identical', () => {
  const same = { identical: true, maxAbsoluteDifference: 0, differingCalls: 0 };
  expect(comparePredictions(first, structuredClone(first))).toEqual({ studies: 3, images: 4, ...same });
  // Of a version that lacks a study only those that it has.
  expect(comparePredictions(first, makeFile({ c: [0.5, 0.5] }))).toEqual({ studies: 1, images: 1, ...same });
});

it('tells the largest difference, of an image too, and how many calls differ', () => {
  const image = makeFile({ a: [0.4, 0.1, 0.7], b: [0.9, 0.9], c: [0.5, 0.5] });
  expect(comparePredictions(first, image)).toMatchObject({ identical: false, differingCalls: 0 });
  expect(comparePredictions(first, image).maxAbsoluteDifference).toBeCloseTo(0.1, 12);
  const call = makeFile({ a: [0.4, 0.2, 0.6], b: [0.3, 0.3], c: [0.5 + 1e-12, 0.5 + 1e-12] });
  expect(comparePredictions(first, call)).toMatchObject({ identical: false, differingCalls: 2 });
  expect(comparePredictions(first, call).maxAbsoluteDifference).toBeCloseTo(0.6, 12);
});

it('refuses what can’t be compared', () => {
  expect(() => comparePredictions(first, makeFile({ d: [0.5, 0.5] }))).toThrow('Study d can’t be compared');
  expect(() => comparePredictions(first, makeFile({ a: [0.4, 0.2] }))).toThrow('Study a can’t be compared');
});
