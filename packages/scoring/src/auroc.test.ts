import fc from 'fast-check';
import { expect, it } from 'vitest';
import { auroc } from './auroc.js';

const probabilitiesArbitrary = fc.array(
  fc.nat(16).map((sixteenths) => sixteenths / 16),
  { minLength: 1, maxLength: 40 },
);

it('is the share of pairs that are in order, ties by half, as counted one by one', () => {
  fc.assert(
    fc.property(probabilitiesArbitrary, probabilitiesArbitrary, (ofAbnormal, ofNormal) => {
      const wins = ofAbnormal.flatMap((abnormal) =>
        ofNormal.map((normal) => (abnormal > normal ? 1 : abnormal === normal ? 0.5 : 0)),
      );
      const sum = wins.reduce<number>((total, win) => total + win, 0);
      expect(compute(ofAbnormal, ofNormal)).toEqual({ value: sum / wins.length });
    }),
  );
});

it('is turned over by exchanging the classes', () => {
  fc.assert(
    fc.property(probabilitiesArbitrary, probabilitiesArbitrary, (ofAbnormal, ofNormal) => {
      const { value } = compute(ofNormal, ofAbnormal);
      expect(value).toBeCloseTo(1 - (compute(ofAbnormal, ofNormal).value ?? Number.NaN), 12);
    }),
  );
});

it('is the same after a rescaling that keeps the order', () => {
  fc.assert(
    fc.property(probabilitiesArbitrary, probabilitiesArbitrary, (ofAbnormal, ofNormal) => {
      const rescale = (probability: number) => probability ** 3 / 2;
      expect(compute(ofAbnormal.map(rescale), ofNormal.map(rescale))).toEqual(compute(ofAbnormal, ofNormal));
    }),
  );
});

it('takes probabilities that differ in their last bit for different', () => {
  expect(compute([0.5], [0.5])).toEqual({ value: 0.5 });
  expect(compute([0.5 + Number.EPSILON / 2], [0.5])).toEqual({ value: 1 });
});

it.each([
  ['abnormal', [], [0.1, 0.2]],
  ['normal', [0.1, 0.2], []],
])('is null without a study that is %s', (kind, ofAbnormal, ofNormal) => {
  expect(compute(ofAbnormal, ofNormal)).toEqual({
    value: null,
    reason: `No study is ${kind} in the gold standard.`,
  });
});

function compute(ofAbnormal: readonly number[], ofNormal: readonly number[]) {
  return auroc.compute({
    counts: { truePositive: ofAbnormal.length, falseNegative: 0, trueNegative: ofNormal.length, falsePositive: 0 },
    probabilities: {
      known: true,
      ofAbnormal,
      ofNormal,
    },
  });
}
