import type { MetricValue } from '@holdout/contracts';
import { cohensKappa, kappa } from '../cohens-kappa.js';
import { type GoldStudy, matchPredictions, type PredictedStudy } from '../match-predictions.js';
import { type CalledClusters, countResample, sortByCall } from './called-clusters.js';
import type { Resamples, SampledStudy } from './make-resamples.js';

/** What a comparison of entries needs to know of one: 8 bytes a resample and a byte a study. */
export interface ResampledEntry {
  /** On the test set itself. */
  readonly kappa: MetricValue;
  /** In each resample; NaN where it is undefined. */
  readonly kappas: Float64Array;
  /** By the place of the study: 1 where it was called as the gold standard calls it. */
  readonly isRight: Uint8Array;
  /** Only entries with the same resamples can be compared. */
  readonly resamples: Resamples;
}

/**
 * The overall kappa of every entry in every resample. An entry may be resampled alone and compared later, as long
 * as it is with the same `resamples`, which also hold the gold standard.
 *
 * @param entries the predictions of each entry, in any order
 * @throws HoldoutError as `scorePredictions` does
 */
export function resampleEntries(
  resamples: Resamples<GoldStudy & SampledStudy>,
  entries: readonly (readonly PredictedStudy[])[],
): ResampledEntry[] {
  const gold = resamples.studies;
  const isAbnormal = Uint8Array.from(gold, ({ label }) => label);
  const places = Uint32Array.from(gold.keys());
  const clusters: CalledClusters[] = [];
  const resampled = entries.map((predictions): ResampledEntry => {
    const { labels } = matchPredictions(gold, predictions);
    const called = sortByCall(places, { isAbnormal, calledAbnormal: labels, clusterOf: resamples.clusterOf });
    clusters.push(called);
    return {
      kappa: kappaOfCalls(called),
      kappas: new Float64Array(resamples.resamples),
      isRight: labels.map((label, place) => (label === isAbnormal[place] ? 1 : 0)),
      resamples,
    };
  });
  resamples.forEach((multiplicities, resample) => {
    for (const [place, { kappas }] of resampled.entries()) {
      const counts = countResample(clusters[place] as CalledClusters, multiplicities);
      kappas[resample] = kappa.ofCounts(counts);
    }
  });
  return resampled;
}

/** @throws Error unless all entries have the same resamples */
export function demandSameResamples(entries: readonly ResampledEntry[]): void {
  const [first] = entries;
  if (entries.every(({ resamples }) => resamples === first?.resamples)) return;
  throw new Error('The entries have resamples of their own, expected the same for all.');
}

function kappaOfCalls({ truePositive, falsePositive, trueNegative, falseNegative }: CalledClusters): MetricValue {
  return cohensKappa({
    truePositive: truePositive.length,
    falsePositive: falsePositive.length,
    trueNegative: trueNegative.length,
    falseNegative: falseNegative.length,
  });
}
