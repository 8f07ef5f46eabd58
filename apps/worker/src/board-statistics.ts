import { type BoardStatistics, type EntryStatistics, seedOfDigest } from '@holdout/contracts';
import {
  type ComparedEntry,
  type Database,
  listComparedEntries,
  listGoldLabels,
  listReaderLabels,
  listStaleBoards,
  type StaleBoard,
  upsertBoardStatistics,
} from '@holdout/db';
import {
  compareWithLeader,
  compareWithReaders,
  makeResamples,
  type PredictedStudy,
  type ResampledEntry,
  rankIntervals,
  resampleEntries,
} from '@holdout/scoring';
import { readPredictions, type Storage, takeStudiesOf } from '@holdout/storage';

const level = 0.95;
/** The places far down a long board are nobody's question, and all of them together would not fit into memory. */
const mostEntries = 1000;

interface StatisticsTools {
  database: Database;
  storage: Storage;
}

/**
 * Works out anew how sure the places of each board are whose entries have changed: in no request, and after the scores
 * themselves are published.
 *
 * @param stopped - leaves the boards after the one under way to the next process
 * @returns the ids of the phases
 */
export async function updateBoardStatistics(
  { database, storage }: StatisticsTools,
  stopped?: AbortSignal,
): Promise<string[]> {
  const updated: string[] = [];
  for (const board of await listStaleBoards(database)) {
    if (stopped?.aborted) break;
    await upsertBoardStatistics(database, board, await computeStatistics({ database, storage }, board));
    updated.push(board.phaseId);
  }
  return updated;
}

async function computeStatistics(tools: StatisticsTools, board: StaleBoard): Promise<BoardStatistics> {
  const { database } = tools;
  const gold = await listGoldLabels(database, board.testSetVersionId);
  const resamples = makeResamples(gold, { seed: seedOfDigest(board.testSetDigest) });
  const entries = await listComparedEntries(database, board, mostEntries);
  const predictions = await readAllPredictions(tools, board, entries, gold);
  const resampled = resampleEntries(resamples, predictions);

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
  const { resamples: count, seed } = resamples;
  return { level, resamples: count, seed, entries: Object.fromEntries(statistics) };
}

async function readAllPredictions(
  { database, storage }: StatisticsTools,
  { testSetVersionId }: StaleBoard,
  entries: readonly ComparedEntry[],
  gold: readonly { study: string }[],
): Promise<PredictedStudy[][]> {
  const readings = await listReaderLabels(database, testSetVersionId);
  const all: PredictedStudy[][] = [];
  for (const { name, predictionsDigest } of entries) {
    if (predictionsDigest !== null) {
      all.push(takeStudiesOf(gold, await readPredictions(storage, predictionsDigest)));
    } else {
      const ofReader = readings.filter(({ reader }) => reader === name);
      all.push(ofReader.map(({ study, label }) => ({ study, label, probability: null })));
    }
  }
  return all;
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
