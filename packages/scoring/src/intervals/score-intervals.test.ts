import { type GroupIntervals, metricNames, scoreIntervalsSchema } from '@holdout/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scorePredictions } from '../score-predictions.js';
import { type Case, calledStudy, caseArbitrary, casesOfCounts, goldOf, predictionsOf } from '../testing/cases.js';
import { expectNear, fixtures, toGold, toPredictions } from '../testing/interval-fixtures.js';
import { delongInterval } from './delong-interval.js';
import { kappaInterval } from './kappa-interval.js';
import { scoreIntervals } from './score-intervals.js';
import { wilsonInterval } from './wilson-interval.js';

/** The board of a good model: seven in eight right. */
const board = { truePositive: 80, falsePositive: 13, trueNegative: 102, falseNegative: 12 };

describe('scoreIntervals', () => {
  it.each(fixtures.bootstrap)('gives the percentiles of scikit-learn’s metrics: $name', (fixture) => {
    const { studies, seed, resamples, level } = fixture;
    const found = scoreIntervals(toGold(studies), toPredictions(studies), { seed, resamples, level });
    const groups: Record<string, GroupIntervals> = { overall: found.overall, ...found.byStudyType };
    expect(Object.keys(groups)).toEqual(Object.keys(fixture.intervals));
    for (const [group, expected] of Object.entries(fixture.intervals)) {
      for (const name of metricNames) {
        const [lower, upper, degenerate] = expected[name];
        expect([group, name, groups[group]?.degenerate[name]]).toEqual([group, name, degenerate]);
        expectNear(groups[group]?.[name].bootstrap.lower, lower);
        expectNear(groups[group]?.[name].bootstrap.upper, upper);
      }
    }
  });

  it('gives the intervals by formula beside, of the group’s own counts and probabilities', () => {
    const cases = [...casesOfCounts('hand', board), ...casesOfCounts('wrist', { ...board, falseNegative: 40 })];
    const { byStudyType } = scoreIntervals(goldOf(cases), predictionsOf(cases), { resamples: 10, level: 0.9 });
    const hand = byStudyType.hand;
    const ofAbnormal = [...Array<number>(80).fill(0.9), ...Array<number>(12).fill(0.2)];
    const ofNormal = [...Array<number>(13).fill(0.8), ...Array<number>(102).fill(0.1)];
    expect(hand?.studies).toBe(207);
    for (const [name, method, expected] of [
      ['kappa', 'fleiss-cohen-everitt', kappaInterval(board, 0.9)],
      ['accuracy', 'wilson', wilsonInterval(182, 207, 0.9)],
      ['sensitivity', 'wilson', wilsonInterval(80, 92, 0.9)],
      ['specificity', 'wilson', wilsonInterval(102, 115, 0.9)],
      ['auroc', 'delong', delongInterval(ofAbnormal, ofNormal, 0.9)],
    ] as const) {
      expect(hand?.[name].analytic).toEqual({ method, lower: expected.lower, upper: expected.upper });
    }
    expect([hand?.f1.analytic, hand?.balancedAccuracy.analytic]).toEqual([undefined, undefined]);
  });

  it('agrees with the formulas where each patient has one study', () => {
    const cases = casesOfCounts('hand', board);
    const { overall } = scoreIntervals(goldOf(cases), predictionsOf(cases), { resamples: 5000 });
    for (const name of ['kappa', 'accuracy', 'sensitivity', 'specificity', 'auroc'] as const) {
      const { analytic, bootstrap } = overall[name];
      expect([name, Math.abs((analytic?.lower ?? 0) - (bootstrap.lower ?? 0)) < 0.015]).toEqual([name, true]);
      expect([name, Math.abs((analytic?.upper ?? 0) - (bootstrap.upper ?? 0)) < 0.015]).toEqual([name, true]);
    }
  });

  it('knows that studies of one patient tell less than as many of many patients', () => {
    const cases = casesOfCounts('hand', board);
    const alike = cases.map((study, place) => ({ ...study, patient: `patient${Math.floor(place / 6)}` }));
    const width = (of: readonly Case[]) => {
      const { lower, upper } = scoreIntervals(goldOf(of), predictionsOf(of)).overall.accuracy.bootstrap;
      return (upper ?? 0) - (lower ?? 0);
    };
    // Neighbours are called alike: the effective number of studies is a sixth, the width grows by about √6.
    expect(width(alike) / width(cases)).toBeGreaterThan(1.8);
    const grouped = scoreIntervals(goldOf(alike), predictionsOf(alike), { resamples: 10 });
    expect([grouped.overall.patients, grouped.overall.studies]).toEqual([35, 207]);
  });

  it('is what the contract says for any test set, around the estimate where there is a width', () => {
    fc.assert(
      fc.property(caseArbitrary, (cases) => {
        const options = { resamples: 40, level: 0.999 };
        const found = scoreIntervals(goldOf(cases), predictionsOf(cases), options);
        scoreIntervalsSchema.parse(found);
        const score = scorePredictions(goldOf(cases), predictionsOf(cases));
        expect(Object.keys(found.byStudyType)).toEqual(Object.keys(score.byStudyType));
        for (const [table, group] of [
          [score.overall, found.overall],
          ...Object.entries(score.byStudyType).map(([type, ofType]) => [ofType, found.byStudyType[type]]),
        ] as [typeof score.overall, typeof found.overall][]) {
          expect(group.studies).toBe(table.studies);
          for (const name of metricNames) {
            const { value } = table[name];
            const { analytic, bootstrap } = group[name];
            if (value === null) expect([bootstrap.lower, group.degenerate[name]]).toEqual([null, 40]);
            if (bootstrap.lower !== null) expect(bootstrap.lower).toBeLessThan(bootstrap.upper);
            if (value === null) expect(analytic?.lower ?? null).toBeNull();
            else if (analytic && analytic.lower !== null) {
              expect(analytic.lower).toBeLessThanOrEqual(value);
              expect(analytic.upper).toBeGreaterThanOrEqual(value);
            }
          }
        }
      }),
    );
  });

  it('depends on the seed, and neither on the order of the studies nor on that of the predictions', () => {
    const withOrders = caseArbitrary.chain((cases) => {
      const order = fc.shuffledSubarray(cases, { minLength: cases.length });
      return fc.tuple(fc.constant(cases), order, order);
    });
    const options = { resamples: 20, seed: 3 };
    fc.assert(
      fc.property(withOrders, ([cases, goldOrder, predictionOrder]) => {
        const inOrder = scoreIntervals(goldOf(cases), predictionsOf(cases), options);
        const shuffled = scoreIntervals(goldOf(goldOrder), predictionsOf(predictionOrder), options);
        expect(JSON.stringify(shuffled)).toBe(JSON.stringify(inOrder));
      }),
    );
    const cases = casesOfCounts('hand', board);
    const bySeed = [1, 2].map((seed) => scoreIntervals(goldOf(cases), predictionsOf(cases), { seed }).overall.auroc);
    expect(bySeed[0]?.bootstrap).not.toEqual(bySeed[1]?.bootstrap);
  });

  it('has the defaults 0.95, 2,000 and 0', () => {
    const cases = casesOfCounts('hand', { ...board, trueNegative: 3 });
    const found = scoreIntervals(goldOf(cases), predictionsOf(cases));
    expect([found.level, found.resamples, found.seed]).toEqual([0.95, 2000, 0]);
    const written = scoreIntervals(goldOf(cases), predictionsOf(cases), { level: 0.95, resamples: 2000, seed: 0 });
    expect(written).toEqual(found);
  });

  it('hands on the reason of a metric that is undefined', () => {
    const cases = [
      ...casesOfCounts('hand', { truePositive: 0, falsePositive: 2, trueNegative: 5, falseNegative: 0 }),
      { ...calledStudy('wrist', 1, 0.7), probability: null },
      calledStudy('wrist', 0, 0.2),
    ];
    const { overall, byStudyType } = scoreIntervals(goldOf(cases), predictionsOf(cases), { resamples: 50 });
    const reason = 'No study is abnormal in the gold standard.';
    expect(byStudyType.hand?.sensitivity).toEqual({
      analytic: { method: 'wilson', lower: null, upper: null, reason },
      bootstrap: { method: 'bootstrap', lower: null, upper: null, reason },
    });
    expect(byStudyType.hand?.degenerate.sensitivity).toBe(50);
    expect(overall.auroc.bootstrap).toMatchObject({ lower: null, reason: expect.stringContaining('1 of 9 studies') });
    expect(overall.degenerate.auroc).toBe(50);
    expect(byStudyType.hand?.accuracy.bootstrap.lower).not.toBeNull();
  });

  it('gives no interval from the resamples of a group that cannot vary', () => {
    const cases = casesOfCounts('hand', { truePositive: 4, falsePositive: 0, trueNegative: 5, falseNegative: 0 });
    const { overall } = scoreIntervals(goldOf(cases), predictionsOf(cases), { resamples: 50 });
    expect(overall.accuracy.bootstrap).toMatchObject({ lower: null, reason: expect.stringContaining('same value') });
    expect(overall.kappa.analytic).toMatchObject({ lower: null, reason: expect.stringContaining('is 0') });
    expect(overall.accuracy.analytic?.lower).toBeGreaterThan(0.6);
  });

  it('demands exact coverage, and options within their range', () => {
    const cases = casesOfCounts('hand', board);
    expect(() => scoreIntervals(goldOf(cases), predictionsOf(cases.slice(1)))).toThrow('no prediction');
    for (const options of [{ resamples: 0 }, { resamples: 1.5 }, { seed: -1 }, { seed: 0.5 }, { level: 1 }]) {
      expect(() => scoreIntervals(goldOf(cases), predictionsOf(cases), options)).toThrow(RangeError);
    }
  });

  it('takes a study type by any name for an ordinary key', () => {
    const cases = [calledStudy('__proto__', 1, 0.9), calledStudy('constructor', 0, 0.1)];
    const { byStudyType } = scoreIntervals(goldOf(cases), predictionsOf(cases), { resamples: 5 });
    expect(Object.keys(byStudyType)).toEqual(['__proto__', 'constructor']);
  });
});
