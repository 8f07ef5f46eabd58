import { fillRandom, seedStreams } from './xoshiro128.js';

/** What decides which studies are drawn together. */
export interface SampledStudy {
  readonly studyType: string;
  readonly patient: string;
}

export interface ResampleOptions {
  /** How many; 2,000 where left out. */
  readonly resamples?: number;
  /** A whole number from 0, one for all entries of a test-set version. */
  readonly seed?: number;
}

/**
 * Resamples of a test set's studies. A *cluster* is one patient's studies of one type; they are drawn together.
 * Only what makes a resample is kept, never the resamples: 2,000 of 100,000 studies would be 400 MB.
 */
export interface Resamples<Study extends SampledStudy = SampledStudy> {
  readonly studies: readonly Study[];
  readonly resamples: number;
  readonly seed: number;
  readonly clusters: number;
  /** The cluster of each study, by the study's place. Clusters of a type follow one another. */
  readonly clusterOf: Uint32Array;
  /** Calls back for each resample with how often it holds each cluster, in an array that the next one overwrites. */
  readonly forEach: (visit: (multiplicities: Uint16Array, resample: number) => void) => void;
}

/**
 * Prepares a stratified cluster bootstrap: within each study type as many patients are drawn as it has, with
 * replacement, and a patient brings all studies of that type. The same studies, in any order, with the same seed
 * give the same resamples; each comes from a random stream of its own. A draw among k patients prefers some by less
 * than k parts in 2³².
 *
 * Source: A. C. Davison, D. V. Hinkley, “Bootstrap Methods and their Application”, Cambridge 1997, sections 3.2 and
 * 3.8.
 *
 * @throws RangeError for a number of resamples below 1, or a seed that is not a whole number from 0
 */
export function makeResamples<Study extends SampledStudy>(
  studies: readonly Study[],
  { resamples = defaultResamples, seed = 0 }: ResampleOptions = {},
): Resamples<Study> {
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new RangeError(`The number of resamples is ${resamples}, expected a whole number from 1.`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`The seed is ${seed}, expected a whole number from 0.`);
  }
  const { clusterOf, strata } = findClusters(studies);
  const clusters = strata.reduce((sum, size) => sum + size, 0);
  return {
    studies,
    resamples,
    seed,
    clusters,
    clusterOf,
    forEach: (visit) => {
      const numbers = new Uint32Array(clusters);
      const multiplicities = new Uint16Array(clusters);
      const states = seedStreams(seed, resamples);
      for (let resample = 0; resample < resamples; resample++) {
        fillRandom(states.slice(4 * resample, 4 * resample + 4), numbers);
        countDraws(numbers, strata, multiplicities);
        visit(multiplicities, resample);
      }
    },
  };
}

const defaultResamples = 2000;

/**
 * Takes each number, of 32 bits, for a draw among the clusters of its type. A count over 65,535 would be lost; with
 * so many patients that it can occur at all, its chance is below 10⁻²⁵⁰⁰⁰⁰.
 *
 * @param strata how many clusters each type has
 */
function countDraws(numbers: Uint32Array, strata: readonly number[], multiplicities: Uint16Array): void {
  multiplicities.fill(0);
  let first = 0;
  for (const size of strata) {
    for (let draw = first; draw < first + size; draw++) {
      const cluster = first + Math.floor(((numbers[draw] ?? 0) * size) / 2 ** 32);
      multiplicities[cluster] = (multiplicities[cluster] ?? 0) + 1;
    }
    first += size;
  }
}

/** Numbers the clusters by type and patient, so that the order of the studies does not matter. */
function findClusters(studies: readonly SampledStudy[]): { clusterOf: Uint32Array; strata: number[] } {
  const placesOf = new Map<string, Map<string, number[]>>();
  for (const [place, { studyType, patient }] of studies.entries()) {
    const ofType = placesOf.get(studyType) ?? new Map<string, number[]>();
    placesOf.set(studyType, ofType);
    const ofPatient = ofType.get(patient);
    if (ofPatient === undefined) ofType.set(patient, [place]);
    else ofPatient.push(place);
  }
  const clusterOf = new Uint32Array(studies.length);
  let cluster = 0;
  const strata = sortByKey(placesOf).map((ofType) => {
    for (const places of sortByKey(ofType)) {
      for (const place of places) clusterOf[place] = cluster;
      cluster++;
    }
    return ofType.size;
  });
  return { clusterOf, strata };
}

function sortByKey<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
