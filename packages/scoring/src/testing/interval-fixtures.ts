import { readFileSync } from 'node:fs';
import type { ConfusionCounts, MetricName } from '@holdout/contracts';
import { expect } from 'vitest';
import type { GoldStudy, PredictedStudy } from '../match-predictions.js';
import type { SampledStudy } from '../resampling/make-resamples.js';

type StudyFixture = [study: string, studyType: string, patient: string, label: 0 | 1, probability: number];
type Counts = [truePositive: number, falsePositive: number, trueNegative: number, falseNegative: number];

/** What fixtures/make-interval-fixtures.py wrote. */
interface IntervalFixtures {
  normalQuantile: [share: number, quantile: number][];
  kappa: { counts: Counts; standardError: number; lower: number; upper: number }[];
  wilson: { successes: number; n: number; bounds: Record<string, [lower: number, upper: number]> }[];
  delong: { ofAbnormal: number[]; ofNormal: number[]; lower: number; upper: number; standardError: number }[];
  mcnemar: { b: number; c: number; p: number }[];
  holm: { pValues: number[]; adjusted: number[] }[];
  streams: { seed: number; stream: number; numbers: number[] }[];
  bootstrap: {
    name: string;
    studies: StudyFixture[];
    seed: number;
    resamples: number;
    level: number;
    intervals: Record<string, Record<MetricName, [lower: number | null, upper: number | null, degenerate: number]>>;
  }[];
  difference: {
    studies: [...StudyFixture, calledBySecond: 0 | 1][];
    seed: number;
    resamples: number;
    bounds: [number, number];
    pValue: number;
  };
}

export const fixtures: IntervalFixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/intervals.json', import.meta.url), 'utf8'),
);

export function toCounts([truePositive, falsePositive, trueNegative, falseNegative]: Counts): ConfusionCounts {
  return { truePositive, falsePositive, trueNegative, falseNegative };
}

export function toGold(studies: readonly (readonly [...StudyFixture, ...unknown[]])[]): (GoldStudy & SampledStudy)[] {
  return studies.map(([study, studyType, patient, label]) => ({ study, studyType, patient, label }));
}

export function toPredictions(studies: readonly (readonly [...StudyFixture, ...unknown[]])[]): PredictedStudy[] {
  return studies.map(([study, , , , probability]) => ({ study, label: probability > 0.5 ? 1 : 0, probability }));
}

/** Equal to a part in so many of the number's size, or where the number is small, of 1. */
export function expectNear(found: number | null | undefined, expected: number | null, tolerance = 1e-12): void {
  if (typeof found !== 'number' || expected === null) expect(found).toBe(expected);
  else
    expect(
      Math.abs(found - expected) / Math.max(1, Math.abs(expected)),
      `${found}, expected ${expected}`,
    ).toBeLessThanOrEqual(tolerance);
}
