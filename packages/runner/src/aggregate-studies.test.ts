import { expect, it } from 'vitest';
import { aggregateStudies } from './aggregate-studies.js';

const studies = [
  { study: 'a', imageCount: 2 },
  { study: 'b', imageCount: 1 },
];

it('takes the mean or the maximum, and calls abnormal what is greater than the threshold', () => {
  const mean = aggregateStudies(studies, [0.25, 0.75, 0.5], { studyAggregation: 'mean', threshold: 0.5 });
  expect(mean).toEqual([
    { study: 'a', probability: 0.5, label: 0, imageProbabilities: [0.25, 0.75] },
    { study: 'b', probability: 0.5, label: 0, imageProbabilities: [0.5] },
  ]);
  const max = aggregateStudies(studies, [0.25, 0.75, 0.5], { studyAggregation: 'max', threshold: 0.49 });
  expect(max.map(({ probability, label }) => [probability, label])).toEqual([
    [0.75, 1],
    [0.5, 1],
  ]);
});

it('keeps the mean of ones at one', () => {
  const [only] = aggregateStudies([{ study: 'a', imageCount: 3 }], [1, 1, 1], {
    studyAggregation: 'mean',
    threshold: 0.5,
  });
  expect(only?.probability).toBe(1);
});

it.each([[[]], [[0.1, 0.2]], [[0.1, 0.2, 0.3, 0.4]]])('refuses %j for three images', (probabilities) => {
  expect(() => aggregateStudies(studies, probabilities, { studyAggregation: 'mean', threshold: 0.5 })).toThrow(
    RangeError,
  );
});
