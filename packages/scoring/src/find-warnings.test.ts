import { type StudyPrediction, writeSentence } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { findWarnings } from './find-warnings.js';

function run(probabilities: readonly number[], missing: string[] = []) {
  const predictions = probabilities.map(
    (probability, place): StudyPrediction => ({
      study: `s${place}`,
      probability,
      label: probability > 0.5 ? 1 : 0,
      imageProbabilities: [probability],
    }),
  );
  return { predictions, missing };
}
const gold = ([0, 1, 0, 1] as const).map((label, place) => ({ study: `s${place}`, studyType: 'wrist', label }));
const codes = (...values: Parameters<typeof findWarnings>) => findWarnings(...values).map(({ code }) => code);

it('says nothing of what looks well', () => {
  expect(codes(run([0.2, 0.9, 0.3, 0.4]), run([0.2]), gold)).toEqual([]);
  expect(codes(run([0.2, 0.9, 0.3, 0.4]), run([0.20001]), [])).toEqual([]);
});

it.each([
  ['kappa_below_zero', run([0.9, 0.2, 0.8, 0.1]), run([0.9])],
  ['one_class', run([0.1, 0.2, 0.3, 0.4]), run([0.1])],
  ['constant_probability', run([0.7, 0.7, 0.7, 0.7]), run([0.7])],
  ['study_without_prediction', run([0.2, 0.9, 0.3], ['s3']), run([0.2])],
  ['not_repeatable', run([0.2, 0.9, 0.3, 0.4]), run([0.21])],
] as const)('says %s', (code, first, again) => {
  expect(codes(first, again, gold)).toEqual([code]);
  for (const { message, sentence } of findWarnings(first, again, gold)) {
    expect(sentence && writeSentence(sentence)).toBe(message);
  }
});

it('sees an image that differs where its study does not', () => {
  const [one, other] = [run([0.2, 0.9]), run([0.2])];
  other.predictions[0]?.imageProbabilities.splice(0, 1, 0.3);
  expect(codes(one, other, [])).toEqual(['not_repeatable']);
});
