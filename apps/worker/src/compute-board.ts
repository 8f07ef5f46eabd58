import type { BoardStatistics, EntryStatistics } from '@holdout/contracts';
import type { ComparedEntry, listGoldLabels } from '@holdout/db';
import {
  compareWithLeader,
  compareWithReaders,
  makeResamples,
  type PredictedStudy,
  type ResampledEntry,
  rankIntervals,
  resampleEntries,
} from '@holdout/scoring';

const level = 0.95;

/** All that the statistics of a board are made of. */
export interface BoardTask {
  readonly gold: Awaited<ReturnType<typeof listGoldLabels>>;
  readonly seed: number;
  readonly entries: readonly ComparedEntry[];
  /**
   * Of each entry, in their order, its {@link PredictedStudy}s as JSON: to copy as many objects to a thread would keep
   * both busy.
   */
  readonly predictions: readonly string[];
}

/** How sure the places of a board are. What a thread is asked: it takes seconds where the board is long. */
export function computeBoard({ gold, seed, entries, predictions }: BoardTask): BoardStatistics {
  const resamples = makeResamples(gold, { seed });
  const resampled = resampleEntries(
    resamples,
    predictions.map((json): PredictedStudy[] => JSON.parse(json)),
  );

  const teams = entries.flatMap(({ evaluationId }, place) => {
    const entry = resampled[place];
    return evaluationId !== null && entry ? [{ evaluationId, entry }] : [];
  });
  const ranks = rankIntervals(
    teams.map(({ entry }) => entry),
    { level },
  );
  const againstLeader = compareWithLeader(
    teams.map(({ entry }) => entry),
    { level },
  );
  const bestReader = findBestReader(entries, resampled);
  const statistics = teams.map(({ evaluationId, entry }, place): [string, EntryStatistics] => {
    const rank = ranks[place];
    const hasKappa = entry.kappa.value !== null;
    return [
      evaluationId,
      {
        rank: rank && rank.rank !== null ? { lower: rank.lower, upper: rank.upper } : null,
        toldApartFromFirst: hasKappa ? (againstLeader[place]?.toldApartFromFirst ?? null) : null,
        againstBestReader: bestReader && hasKappa ? compareWithReaders(entry, bestReader, { level }).verdict : null,
      },
    ];
  });
  return { level, resamples: resamples.resamples, seed, entries: Object.fromEntries(statistics) };
}

/** The first of the greatest kappa, as on the board. */
function findBestReader(
  entries: readonly ComparedEntry[],
  resampled: readonly ResampledEntry[],
): ResampledEntry | undefined {
  const kappaOf = (entry: ResampledEntry | undefined) => entry?.kappa.value ?? Number.NEGATIVE_INFINITY;
  return resampled
    .filter((_, place) => entries[place]?.kind === 'reader')
    .reduce<ResampledEntry | undefined>((best, entry) => (kappaOf(entry) > kappaOf(best) ? entry : best), undefined);
}
