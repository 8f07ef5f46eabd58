import type { ConfusionCounts } from '@holdout/contracts';

/** What both sides say of the studies, by the place of the study. */
export interface CalledStudies {
  /** 1 where the gold standard says so. */
  readonly isAbnormal: Uint8Array;
  /** 1 where the prediction says so. */
  readonly calledAbnormal: Uint8Array;
  readonly clusterOf: Uint32Array;
}

/** The cluster of each study, once for every study, in the list of what was said of it; ascending. */
export type CalledClusters = Readonly<Record<keyof ConfusionCounts, Uint32Array>>;

/** @param places of the studies that are to be counted */
export function sortByCall(places: Uint32Array, studies: CalledStudies): CalledClusters {
  const { isAbnormal, calledAbnormal, clusterOf } = studies;
  const list = (actual: 0 | 1, called: 0 | 1) =>
    // Ascending, so that the multiplicities are read from memory in their order.
    places
      .filter((place) => isAbnormal[place] === actual && calledAbnormal[place] === called)
      .map((place) => clusterOf[place] ?? 0)
      .sort();
  return {
    truePositive: list(1, 1),
    falsePositive: list(0, 1),
    trueNegative: list(0, 0),
    falseNegative: list(1, 0),
  };
}

/** The counts of a resample that holds each cluster so often. */
export function countResample(clusters: CalledClusters, multiplicities: Uint16Array): ConfusionCounts {
  return {
    truePositive: countTimes(clusters.truePositive, multiplicities),
    falsePositive: countTimes(clusters.falsePositive, multiplicities),
    trueNegative: countTimes(clusters.trueNegative, multiplicities),
    falseNegative: countTimes(clusters.falseNegative, multiplicities),
  };
}

function countTimes(clusters: Uint32Array, multiplicities: Uint16Array): number {
  let times = 0;
  for (let index = 0; index < clusters.length; index++) times += multiplicities[clusters[index] ?? 0] ?? 0;
  return times;
}
