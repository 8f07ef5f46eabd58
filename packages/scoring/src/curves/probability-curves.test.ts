import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from '../auroc.js';
import { type Case, calledStudy, caseArbitrary, goldOf, predictionsOf } from '../testing/cases.js';
import { probabilityCurves } from './probability-curves.js';

/** Test sets that have both classes, and a probability for every study. */
const ratedArbitrary = caseArbitrary
  .map((cases) => cases.map((each) => ({ ...each, probability: each.probability ?? 0.5 })))
  .filter((cases) => new Set(cases.map(({ actual }) => actual)).size === 2);

function curvesOf(cases: readonly Case[]) {
  const found = probabilityCurves(goldOf(cases), predictionsOf(cases));
  if (!found.curves) throw new Error(found.reason);
  return found.curves;
}

describe('the ROC curve', () => {
  it('has AUROC under it, though points on a line are left out', () => {
    fc.assert(
      fc.property(ratedArbitrary, (cases) => {
        const { roc } = curvesOf(cases);
        const area = roc.reduce((sum, point, place) => {
          const before = roc[place - 1] ?? point;
          const width = point.falsePositiveRate - before.falsePositiveRate;
          return sum + (width * (point.sensitivity + before.sensitivity)) / 2;
        }, 0);
        expect(area).toBeCloseTo(aurocOf(cases), 12);
      }),
    );
  });

  it('goes from nothing to everything without a step back, and each point is what its threshold gives', () => {
    fc.assert(
      fc.property(ratedArbitrary, (cases) => {
        const { roc } = curvesOf(cases);
        expect(roc[0]).toEqual({ threshold: null, sensitivity: 0, falsePositiveRate: 0 });
        expect(roc.at(-1)).toMatchObject({ sensitivity: 1, falsePositiveRate: 1 });
        for (const { threshold, sensitivity, falsePositiveRate } of roc.slice(1)) {
          expect([sensitivity, falsePositiveRate]).toEqual([
            shareCalled(cases, 1, threshold),
            shareCalled(cases, 0, threshold),
          ]);
        }
      }),
    );
  });

  it('has three points where every abnormal study is above every normal one', () => {
    const cases = [0.9, 0.8, 0.7]
      .map((p) => calledStudy('hand', 1, p))
      .concat([0.3, 0.2].map((p) => calledStudy('hand', 0, p)));
    expect(curvesOf(cases).roc.map(({ threshold }) => threshold)).toEqual([null, 0.7, 0.2]);
  });
});

describe('the precision–recall curve', () => {
  it('sums to the average precision, by its definition', () => {
    fc.assert(
      fc.property(ratedArbitrary, (cases) => {
        const thresholds = [...new Set(cases.map(({ probability }) => probability))].sort((a, b) => b - a);
        let [sum, before] = [0, 0];
        for (const threshold of thresholds) {
          const called = cases.filter(({ probability }) => probability >= threshold);
          const recall = shareCalled(cases, 1, threshold);
          sum += (recall - before) * (called.filter(({ actual }) => actual === 1).length / called.length);
          before = recall;
        }
        expect(curvesOf(cases).averagePrecision).toBeCloseTo(sum, 12);
      }),
    );
  });

  it('is what scikit-learn’s example gives', () => {
    // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) in its documentation.
    const cases = (
      [
        [0, 0.1],
        [0, 0.4],
        [1, 0.35],
        [1, 0.8],
      ] as const
    ).map(([label, p]) => calledStudy('hand', label, p));
    const { averagePrecision, precisionRecall } = curvesOf(cases);
    expect(averagePrecision).toBeCloseTo(0.83, 2);
    expect(precisionRecall).toEqual([
      { threshold: 0.8, recall: 0.5, precision: 1 },
      { threshold: 0.4, recall: 0.5, precision: 0.5 },
      { threshold: 0.35, recall: 1, precision: 2 / 3 },
      { threshold: 0.1, recall: 1, precision: 0.5 },
    ]);
  });
});

describe('calibration', () => {
  it('counts every study once, in the bin that it is in', () => {
    fc.assert(
      fc.property(ratedArbitrary, (cases) => {
        const { calibration } = curvesOf(cases);
        expect(calibration.reduce((sum, { studies }) => sum + studies, 0)).toBe(cases.length);
        for (const { from, to, meanProbability, abnormal, lower, upper } of calibration) {
          expect(meanProbability).toBeGreaterThanOrEqual(from - 1e-12);
          expect(meanProbability).toBeLessThanOrEqual(to);
          expect(lower).toBeLessThanOrEqual(abnormal);
          expect(upper).toBeGreaterThanOrEqual(abnormal);
        }
      }),
    );
  });

  it('gives ¼ for a coin, and nothing for certainty that is right', () => {
    expect(curvesOf([calledStudy('hand', 1, 0.5), calledStudy('hand', 0, 0.5)]).brierScore).toBe(0.25);
    expect(curvesOf([calledStudy('hand', 1, 1), calledStudy('hand', 0, 0)]).brierScore).toBe(0);
  });
});

it.each([
  [
    'a study without a probability',
    [{ ...calledStudy('hand', 1, 0.9), probability: null }, calledStudy('hand', 0, 0.1)],
    '1 of 2 studies were given a label without a probability.',
  ],
  ['no abnormal study', [calledStudy('hand', 0, 0.1)], 'No study is abnormal in the gold standard.'],
  ['no normal study', [calledStudy('hand', 1, 0.1)], 'No study is normal in the gold standard.'],
  ['no study', [], 'There are no studies.'],
])('are undefined with %s', (_, cases, reason) => {
  expect(probabilityCurves(goldOf(cases), predictionsOf(cases))).toEqual({ curves: null, reason });
});

function shareCalled(cases: readonly Case[], actual: 0 | 1, threshold: number | null): number {
  const ofClass = cases.filter((each) => each.actual === actual);
  return ofClass.filter(({ probability }) => (probability ?? 0) >= (threshold ?? 2)).length / ofClass.length;
}

function aurocOf(cases: readonly Case[]): number {
  const of = (label: 0 | 1) =>
    cases.filter(({ actual }) => actual === label).map(({ probability }) => probability ?? 0);
  const [ofAbnormal, ofNormal] = [of(1), of(0)];
  const counts = { truePositive: ofAbnormal.length, falseNegative: 0, trueNegative: ofNormal.length, falsePositive: 0 };
  return auroc.compute({ counts, probabilities: { known: true, ofAbnormal, ofNormal } }).value ?? Number.NaN;
}
