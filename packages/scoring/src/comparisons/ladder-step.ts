import { demandSameResamples, type ResampledEntry } from '../resampling/resample-entries.js';

/** Whether a new score may be shown beside the team's best one so far, and what decided it. */
export interface LadderStep {
  readonly isReleased: boolean;
  /** The new kappa less the best one; null where one of them is undefined. */
  readonly difference: number | null;
  /** Of that difference, over the resamples in which both are defined; null where there are fewer than two. */
  readonly standardError: number | null;
}

/**
 * One step of the parameter-free Ladder: a new score is released only where it beats the best released one by more than
 * one standard error of their paired difference. Whoever submits again and again to fit the hidden labels so learns
 * nothing from steps that chance could have made.
 *
 * Source: A. Blum, M. Hardt, “The Ladder: A Reliable Leaderboard for Machine Learning Competitions”, ICML 2015,
 * section 3, there of the mean of a loss over n cases, with s/√n of the differences. Kappa is no mean, so here the
 * standard error is the standard deviation of the paired bootstrap differences.
 *
 * @param best - null for the team's first score, which is released
 * @throws Error unless both have the same resamples
 */
export function ladderStep(candidate: ResampledEntry, best: ResampledEntry | null): LadderStep {
  if (best === null) return { isReleased: true, difference: null, standardError: null };
  demandSameResamples([candidate, best]);
  const standardError = deviationOf(candidate.kappas, best.kappas);
  if (candidate.kappa.value === null) return { isReleased: false, difference: null, standardError };
  if (best.kappa.value === null) return { isReleased: true, difference: null, standardError };
  const difference = candidate.kappa.value - best.kappa.value;
  return { isReleased: difference > (standardError ?? 0), difference, standardError };
}

/** The standard deviation of the differences, with n − 1. */
function deviationOf(first: Float64Array, second: Float64Array): number | null {
  const differences = first.map((kappa, resample) => kappa - (second[resample] ?? Number.NaN)).filter(Number.isFinite);
  if (differences.length < 2) return null;
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  const squares = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return Math.sqrt(squares / (differences.length - 1));
}
