import { defaultLevel } from '../intervals/interval.js';
import type { ResampledEntry } from '../resampling/resample-entries.js';
import { compareCalls, isSignificant } from './mcnemar-exact.js';
import { type ComparisonOptions, type PairedDifference, pairedKappaDifference } from './paired-kappa-difference.js';

/** An entry against the best reader; the difference is the entry's kappa less the reader's. */
export type ReaderComparison = PairedDifference & {
  readonly verdict: 'better than' | 'worse than' | 'not told apart from';
  /** The exact p-value of McNemar's test. */
  readonly mcnemar: number;
};

/**
 * Compares an entry with a reader. It is better or worse only where two things agree: McNemar's exact test, that one
 * of the two calls more studies right; and the paired bootstrap, that the interval of the difference of kappa lies on
 * the same side of 0. The first holds its level for few studies, where the second does not; the second is
 * about kappa and keeps a patient's studies together. Nothing is adjusted: it is the verdict on this entry alone.
 *
 * @throws Error unless both have the same resamples
 */
export function compareWithReaders(
  entry: ResampledEntry,
  bestReader: ResampledEntry,
  { level = defaultLevel }: ComparisonOptions = {},
): ReaderComparison {
  const difference = pairedKappaDifference(entry, bestReader, { level });
  const calls = compareCalls(entry, bestReader);
  const verdict = isSignificant(calls.pValue, level) ? readSide(difference, calls.lead) : undecided;
  return { ...difference, mcnemar: calls.pValue, verdict };
}

function readSide({ lower, upper }: PairedDifference, lead: number): ReaderComparison['verdict'] {
  if (lead > 0 && lower !== null && lower > 0) return 'better than';
  if (lead < 0 && upper !== null && upper < 0) return 'worse than';
  return undecided;
}

const undecided = 'not told apart from';
