import { type MetricName, metricNames, type Score, scoreSchema } from '@holdout/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metrics } from './metrics.js';
import { scoreCounts, scorePredictions } from './score-predictions.js';
import { type Case, calledStudy, caseArbitrary, goldOf, predictionsOf } from './testing/cases.js';

describe('scorePredictions', () => {
  it('counts and scores a small test set, overall and by study type', () => {
    const cases: Case[] = [
      calledStudy('elbow', 1, 0.9),
      calledStudy('elbow', 0, 0.6),
      calledStudy('wrist', 0, 0.1),
      calledStudy('wrist', 1, 0.4),
      calledStudy('wrist', 1, 0.8),
    ];
    const score = scorePredictions(goldOf(cases), predictionsOf(cases));
    expect(score.studies).toBe(5);
    expect(score.overall.counts).toEqual({ truePositive: 2, falsePositive: 1, trueNegative: 1, falseNegative: 1 });
    expect(Object.keys(score.byStudyType)).toEqual(['elbow', 'wrist']);
    expect(score.byStudyType.elbow?.kappa).toEqual({ value: 0 });
    expect(score.byStudyType.wrist?.counts.falseNegative).toBe(1);
    expect(score.overall.accuracy).toEqual({ value: 0.6 });
    // 0.9 and 0.8 beat both normal studies, 0.4 beats one of the two.
    expect(score.overall.auroc).toEqual({ value: 5 / 6 });
  });

  it('follows the label that a prediction gives, not a threshold of its own', () => {
    const cases: Case[] = [
      { ...calledStudy('hand', 1, 0.2), predicted: 1 },
      { ...calledStudy('hand', 0, 0.9), predicted: 0 },
    ];
    expect(scorePredictions(goldOf(cases), predictionsOf(cases)).overall.accuracy).toEqual({ value: 1 });
  });

  it('gives no AUROC, and says why, only to the groups with a label that has no probability', () => {
    const cases: Case[] = [
      calledStudy('hand', 1, 0.9),
      calledStudy('hand', 0, 0.1),
      { ...calledStudy('wrist', 1, 0.7), probability: null },
    ];
    const score = scorePredictions(goldOf(cases), predictionsOf(cases));
    expect(score.byStudyType.hand?.auroc).toEqual({ value: 1 });
    expect(score.overall.auroc).toEqual({ value: null, reason: expect.stringContaining('1 of 3 studies') });
    expect(score.overall.kappa).toEqual({ value: 1 });
  });

  it('has a reason and no value for an empty test set', () => {
    const score = scorePredictions([], []);
    for (const name of metricNames) {
      expect(score.overall[name]).toEqual({ value: null, reason: expect.stringMatching(/stud/) });
    }
  });

  it('takes a study type by any name for an ordinary key', () => {
    const cases = [calledStudy('__proto__', 1, 0.9), calledStudy('constructor', 0, 0.1)];
    const score = scorePredictions(goldOf(cases), predictionsOf(cases));
    expect(Object.keys(score.byStudyType)).toEqual(['__proto__', 'constructor']);
  });

  it('is what the contract says, without NaN or infinity, for any test set', () => {
    fc.assert(
      fc.property(caseArbitrary, (cases) => {
        const score = scorePredictions(goldOf(cases), predictionsOf(cases));
        scoreSchema.parse(score);
        for (const table of tablesOf(score)) {
          for (const { name, unit } of metrics) {
            const metric = table[name];
            if (metric.value === null) expect(metric.reason).not.toBe('');
            else expect(metric.value).toBeGreaterThanOrEqual(unit === 'coefficient' ? -1 : 0);
            if (metric.value !== null) expect(metric.value).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('does not depend on the order of the studies or of the predictions', () => {
    fc.assert(
      fc.property(caseArbitrary.chain(withTwoOrders), ([cases, goldOrder, predictionOrder]) => {
        const inOrder = scorePredictions(goldOf(cases), predictionsOf(cases));
        const shuffled = scorePredictions(goldOf(goldOrder), predictionsOf(predictionOrder));
        expect(JSON.stringify(shuffled)).toBe(JSON.stringify(inOrder));
      }),
    );
  });

  it('exchanges sensitivity and specificity, and keeps the rest but F1, when both labels are exchanged', () => {
    fc.assert(
      fc.property(caseArbitrary, (cases) => {
        const before = scorePredictions(goldOf(cases), predictionsOf(cases)).overall;
        const swapped = cases.map(exchangeLabels);
        const after = scorePredictions(goldOf(swapped), predictionsOf(swapped)).overall;
        expect(after.kappa.value).toBe(before.kappa.value);
        expect(after.accuracy.value).toBe(before.accuracy.value);
        expect(after.sensitivity.value).toBe(before.specificity.value);
        expect(after.specificity.value).toBe(before.sensitivity.value);
        expect(after.balancedAccuracy.value).toBe(before.balancedAccuracy.value);
        expect(after.auroc.value).toBe(before.auroc.value);
      }),
    );
  });

  it('adds the counts of the types up to those of all', () => {
    fc.assert(
      fc.property(caseArbitrary, (cases) => {
        const score = scorePredictions(goldOf(cases), predictionsOf(cases));
        for (const count of ['truePositive', 'falsePositive', 'trueNegative', 'falseNegative'] as const) {
          const sum = Object.values(score.byStudyType).reduce((total, table) => total + table.counts[count], 0);
          expect(sum).toBe(score.overall.counts[count]);
        }
      }),
    );
  });
});

describe('metrics', () => {
  it('are those of the contract, each once and in its order', () => {
    expect(metrics.map(({ name }) => name)).toEqual(metricNames);
  });

  it('compute what the table of their name holds', () => {
    const counts = { truePositive: 9, falsePositive: 2, trueNegative: 15, falseNegative: 4 };
    const table = scoreCounts(counts);
    const distinct = new Set<number | null>();
    for (const { name, compute } of metrics) {
      const group = { counts, probabilities: { known: false, reason: 'none' } } as const;
      if (name !== 'auroc') expect(compute(group)).toEqual(table[name]);
      distinct.add(table[name].value);
    }
    expect(distinct.size).toBe(metricNames.length);
  });
});

describe('scoreCounts', () => {
  it('has no AUROC, as counts do not tell it', () => {
    const table = scoreCounts({ truePositive: 1, falsePositive: 0, trueNegative: 1, falseNegative: 0 });
    expect(table.auroc).toEqual({ value: null, reason: expect.stringContaining('probabilities') });
  });

  it.each<[string, Parameters<typeof scoreCounts>[0], Partial<Record<MetricName, number | null>>]>([
    ['both sides only normal', counts(0, 0, 9, 0), { kappa: null, accuracy: 1, sensitivity: null, f1: null }],
    ['both sides only abnormal', counts(9, 0, 0, 0), { kappa: null, specificity: null, f1: 1 }],
    ['gold only normal', counts(0, 4, 5, 0), { kappa: 0, sensitivity: null, balancedAccuracy: null, f1: 0 }],
    ['predictions only abnormal', counts(4, 5, 0, 0), { kappa: 0, sensitivity: 1, specificity: 0 }],
    ['opposite single classes', counts(0, 9, 0, 0), { kappa: 0, accuracy: 0 }],
    ['all wrong', counts(0, 5, 0, 5), { kappa: -1, f1: 0, balancedAccuracy: 0 }],
  ])('%s', (_name, given, expected) => {
    const table = scoreCounts(given);
    for (const name of metricNames) {
      if (name in expected) expect([name, table[name].value]).toEqual([name, expected[name]]);
    }
  });
});

function counts(truePositive: number, falsePositive: number, trueNegative: number, falseNegative: number) {
  return { truePositive, falsePositive, trueNegative, falseNegative };
}

function tablesOf(score: Score) {
  return [score.overall, ...Object.values(score.byStudyType)];
}

function withTwoOrders(cases: Case[]) {
  const order = fc.shuffledSubarray(cases, { minLength: cases.length });
  return fc.tuple(fc.constant(cases), order, order);
}

function exchangeLabels(study: Case): Case {
  return {
    ...study,
    actual: study.actual === 1 ? 0 : 1,
    predicted: study.predicted === 1 ? 0 : 1,
    probability: study.probability === null ? null : 1 - study.probability,
  };
}
