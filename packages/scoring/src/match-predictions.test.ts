import { HoldoutError } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { type GoldStudy, matchPredictions, type PredictedStudy } from './match-predictions.js';

const gold = ['a', 'b', 'c'].map((study): GoldStudy => ({ study, studyType: 'hand', label: 0 }));

describe('matchPredictions', () => {
  it('gives labels and probabilities in the order of the gold standard', () => {
    const { labels, probabilities } = matchPredictions(gold, [
      { study: 'c', label: 1, probability: 0.75 },
      { study: 'a', label: 0, probability: null },
      { study: 'b', label: 1, probability: 0 },
    ]);
    expect([...labels]).toEqual([0, 1, 1]);
    expect([...probabilities]).toEqual([Number.NaN, 0, 0.75]);
  });

  it('names the study that is missing', () => {
    const error = refusal(['a', 'c'].map(predict));
    expect(error.code).toBe('predictions_missing');
    expect(error.fault).toBe('team');
    expect(error.detail).toContain('1 study has no prediction, expected exactly one prediction: "b".');
    expect(error.detail).toContain('The test set has 3 studies; 2 predictions were given.');
    expect(error.problems.map(({ message }) => message)).toEqual([
      'Study "b" has no prediction, expected exactly one prediction.',
    ]);
  });

  it('names a study that is predicted more than once, once', () => {
    const error = refusal(['a', 'b', 'b', 'b', 'c'].map(predict));
    expect(error.code).toBe('predictions_duplicate');
    expect(error.problems).toHaveLength(1);
    expect(error.message).toContain('"b"');
  });

  it('refuses a repeated prediction that says the same, and does not take it for another study’s', () => {
    // As many predictions as studies: a count alone would not notice.
    expect(refusal(['a', 'b', 'b'].map(predict)).problems.map(({ code }) => code)).toEqual([
      'predictions_missing',
      'predictions_duplicate',
    ]);
  });

  it('names an unknown study, and does not fall for names of object properties', () => {
    const error = refusal(['a', 'b', 'c', 'd', '__proto__', 'constructor'].map(predict));
    expect(error.code).toBe('predictions_unknown');
    expect(error.problems.map(({ message }) => message.split(' ')[1])).toEqual(['"d"', '"__proto__"', '"constructor"']);
  });

  it('reports every kind of problem, not only the first', () => {
    const error = refusal(['a', 'a', 'x'].map(predict));
    expect(error.code).toBe('predictions_missing');
    expect(error.problems.map(({ code }) => code)).toEqual([
      'predictions_missing',
      'predictions_missing',
      'predictions_duplicate',
      'predictions_unknown',
    ]);
  });

  it.each([Number.NaN, -0.001, 1.001, Number.POSITIVE_INFINITY])('refuses a probability of %d', (probability) => {
    const error = refusal([{ ...predict('a'), probability }, predict('b'), predict('c')]);
    expect(error.code).toBe('predictions_invalid');
    expect(error.message).toContain('"a"');
  });

  it('names a hundred studies and gives the number of the rest', () => {
    const many = Array.from({ length: 2500 }, (_, place) => ({ ...gold[0], study: `s${place}` }) as GoldStudy);
    const error = refusal([], many);
    expect(error.problems).toHaveLength(101);
    expect(error.problems.at(-1)?.message).toContain('2400 more studies have no prediction; 2500 in all');
    expect(error.detail).toContain('"s0", "s1", "s2" and 2497 more.');
  });

  it('shows control characters and bounds the length of a name from outside', () => {
    const error = refusal(['a', 'b', 'c', `\u001b[2J${'x'.repeat(5000)}`].map(predict));
    expect(error.message).toContain('\\u001b[2J');
    expect(error.message.length).toBeLessThan(600);
  });

  it('refuses a gold standard that names a study twice', () => {
    const error = refusal(['a', 'b', 'c'].map(predict), [...gold, ...gold.slice(0, 1)]);
    expect(error.code).toBe('labels_invalid');
    expect(error.message).toContain('"a"');
  });
});

function predict(study: string): PredictedStudy {
  return { study, label: 0, probability: 0.25 };
}

function refusal(predictions: readonly PredictedStudy[], against: readonly GoldStudy[] = gold): HoldoutError {
  try {
    matchPredictions(against, predictions);
  } catch (error) {
    if (error instanceof HoldoutError) return error;
    throw error;
  }
  throw new Error('expected a refusal, but the predictions were accepted');
}
