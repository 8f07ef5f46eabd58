import { defaultLevel } from '../intervals/interval.js';
import type { ResampledEntry } from '../resampling/resample-entries.js';
import { holm } from './holm.js';
import { compareCalls, isSignificant } from './mcnemar-exact.js';
import { type ComparisonOptions, type PairedDifference, pairedKappaDifference } from './paired-kappa-difference.js';

/** An entry against the first of its board; the difference is the leader's kappa less the entry's. */
export type LeaderComparison = PairedDifference & {
  /** The exact p-value of McNemar's test. */
  readonly mcnemar: number;
  /** The same, adjusted for the number of entries that are compared. */
  readonly adjusted: number;
  readonly toldApartFromFirst: boolean;
};

/**
 * Compares each entry with the one of the greatest kappa, the first given among equals; in the order given, the
 * leader with itself. An entry is told apart from the first where the leader calls significantly more studies right
 * by McNemar's test, after Holm's adjustment over all other entries, and the interval of the difference lies above
 * 0. McNemar's test is adjusted and not the bootstrap, whose p-values cannot be small enough for many entries.
 *
 * The leader was chosen for its kappa, on these studies: a leader by luck is told apart too often rather than too
 * seldom.
 *
 * @throws Error unless all entries have the same resamples
 */
export function compareWithLeader(
  entries: readonly ResampledEntry[],
  { level = defaultLevel }: ComparisonOptions = {},
): LeaderComparison[] {
  const leader = findLeader(entries);
  const calls = entries.map((entry) => compareCalls(leader ?? entry, entry));
  const others = [...entries.keys()].filter((place) => entries[place] !== leader);
  const adjustedOthers = holm(others.map((place) => calls[place]?.pValue ?? 1));
  const adjusted = new Map(others.map((place, index) => [place, adjustedOthers[index] ?? 1]));
  return entries.map((entry, place) => {
    const difference = pairedKappaDifference(leader ?? entry, entry, { level });
    const { lead = 0, pValue = 1 } = calls[place] ?? {};
    const adjustedPValue = adjusted.get(place) ?? 1;
    const leads = lead > 0 && difference.lower !== null && difference.lower > 0;
    const toldApartFromFirst = leads && isSignificant(adjustedPValue, level);
    return { ...difference, mcnemar: pValue, adjusted: adjustedPValue, toldApartFromFirst };
  });
}

function findLeader(entries: readonly ResampledEntry[]): ResampledEntry | undefined {
  const kappaOf = (entry: ResampledEntry | undefined) => entry?.kappa.value ?? Number.NEGATIVE_INFINITY;
  return entries.reduce<ResampledEntry | undefined>(
    (best, entry) => (kappaOf(entry) > kappaOf(best) ? entry : best),
    undefined,
  );
}
