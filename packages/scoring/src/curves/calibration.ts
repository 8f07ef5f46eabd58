import type { CalibrationBin } from '@holdout/contracts';
import { wilsonInterval } from '../intervals/wilson-interval.js';
import type { RatedStudy } from './count-by-threshold.js';

const binCount = 10;

/**
 * How often studies of about the same probability are abnormal: a reliability diagram's points, each with Wilson's
 * interval of 95 %.
 *
 * Source: J. Bröcker, L. A. Smith, “Increasing the reliability of reliability diagrams”, Weather and Forecasting 22(3),
 * 2007, 651–661.
 */
export function calibrationBins(rated: readonly RatedStudy[]): CalibrationBin[] {
  const bins = Array.from({ length: binCount }, (): RatedStudy[] => []);
  for (const study of rated) bins[Math.min(binCount - 1, Math.floor(study.probability * binCount))]?.push(study);
  return bins.flatMap((bin, place) => (bin.length === 0 ? [] : [describeBin(bin, place)]));
}

function describeBin(bin: readonly RatedStudy[], place: number): CalibrationBin {
  const abnormal = bin.filter(({ label }) => label === 1).length;
  const { lower, upper } = wilsonInterval(abnormal, bin.length);
  return {
    from: place / binCount,
    to: (place + 1) / binCount,
    studies: bin.length,
    meanProbability: clamp(bin.reduce((sum, { probability }) => sum + probability, 0) / bin.length),
    abnormal: abnormal / bin.length,
    lower: clamp(lower ?? 0),
    upper: clamp(upper ?? 1),
  };
}

/**
 * The mean of (probability − label)²: 0 is perfect, and ¼ what ½ for every study gives.
 *
 * Source: G. W. Brier, “Verification of forecasts expressed in terms of probability”, Monthly Weather Review 78(1), 1950.
 */
export function brierScore(rated: readonly RatedStudy[]): number {
  return rated.reduce((sum, { label, probability }) => sum + (probability - label) ** 2, 0) / rated.length;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
