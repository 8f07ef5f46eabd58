import { type ConfusionCounts, type MetricName, metricNames } from '@holdout/contracts';
import { countMetrics } from '../metrics.js';
import { type CalledClusters, type CalledStudies, countResample, sortByCall } from './called-clusters.js';
import type { Resamples } from './make-resamples.js';
import { countResampledHalfWins, type StudiesByProbability, sortByProbability } from './resampled-auroc.js';

export interface PredictedStudies extends CalledStudies {
  /** NaN where only a label was given. */
  readonly probabilities: Float64Array;
}

/** A metric's value in each resample, NaN where it is undefined. */
export type ResampledMetrics = Readonly<Record<MetricName, Float64Array>>;

/**
 * Every metric of every group in every resample, AUROC included. A group in which a probability is missing has no
 * AUROC in any resample, as it has none itself.
 *
 * @param groups the places of each group's studies
 */
export function resampleMetrics(
  groups: readonly Uint32Array[],
  studies: PredictedStudies,
  resamples: Resamples,
): ResampledMetrics[] {
  const prepared = groups.map((places) => prepareGroup(places, studies, resamples.resamples));
  resamples.forEach((multiplicities, resample) => {
    for (const group of prepared) measureResample(group, multiplicities, resample);
  });
  return prepared.map(({ values }) => values);
}

interface PreparedGroup {
  readonly clusters: CalledClusters;
  readonly byProbability: StudiesByProbability | undefined;
  readonly values: ResampledMetrics;
}

function prepareGroup(places: Uint32Array, studies: PredictedStudies, resamples: number): PreparedGroup {
  const { probabilities, isAbnormal, clusterOf } = studies;
  const known = places.every((place) => !Number.isNaN(probabilities[place]));
  const values = Object.fromEntries(metricNames.map((name) => [name, new Float64Array(resamples).fill(Number.NaN)]));
  return {
    clusters: sortByCall(places, studies),
    byProbability: known ? sortByProbability(places, probabilities, isAbnormal, clusterOf) : undefined,
    values: values as ResampledMetrics,
  };
}

function measureResample(group: PreparedGroup, multiplicities: Uint16Array, resample: number): void {
  const { clusters, byProbability, values } = group;
  const counts = countResample(clusters, multiplicities);
  for (const { name, ofCounts } of countMetrics) values[name][resample] = ofCounts(counts);
  if (byProbability) values.auroc[resample] = computeAuroc(counts, byProbability, multiplicities);
}

/** NaN where a class does not occur: 0/0. */
function computeAuroc(
  { truePositive, falsePositive, trueNegative, falseNegative }: ConfusionCounts,
  byProbability: StudiesByProbability,
  multiplicities: Uint16Array,
): number {
  const pairs = (truePositive + falseNegative) * (trueNegative + falsePositive);
  return countResampledHalfWins(byProbability, multiplicities) / (2 * pairs);
}
