/**
 * Studies from the least probability of *abnormal* to the greatest, each a number of 32 bits: its cluster, then a
 * bit for an abnormal one, then a bit for the last of those with an equal probability. One number a study, because
 * a resample walks over all of them.
 */
export type StudiesByProbability = Uint32Array;

/** @param places of the studies, among those that the other arrays tell of */
export function sortByProbability(
  places: Uint32Array,
  probabilities: Float64Array,
  isAbnormal: Uint8Array,
  clusterOf: Uint32Array,
): StudiesByProbability {
  const sorted = places.slice().sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
  return sorted.map((place, index) => {
    const next = sorted[index + 1];
    const isLastOfTie = next === undefined || probabilities[next] !== probabilities[place];
    return ((clusterOf[place] ?? 0) << 2) | ((isAbnormal[place] ?? 0) << 1) | (isLastOfTie ? 1 : 0);
  });
}

/**
 * 2U of a resample: over all its pairs of an abnormal and a normal study, 2 where the abnormal one has the greater
 * probability and 1 for a tie. In one walk without sorting again, as a resample keeps the order. Whole numbers.
 */
export function countResampledHalfWins(studies: StudiesByProbability, multiplicities: Uint16Array): number {
  let halfWins = 0;
  let normalBelow = 0;
  let abnormal = 0;
  let normal = 0;
  for (let index = 0; index < studies.length; index++) {
    const study = studies[index] ?? 0;
    const times = multiplicities[study >>> 2] ?? 0;
    // A mask and not a branch, which could not be foreseen by the processor.
    const timesAbnormal = times & -((study >>> 1) & 1);
    abnormal += timesAbnormal;
    normal += times - timesAbnormal;
    if ((study & 1) === 0) continue;
    halfWins += abnormal * (2 * normalBelow + normal);
    normalBelow += normal;
    abnormal = 0;
    normal = 0;
  }
  return halfWins;
}
