import type {
  BoardReader,
  BoardStatistics,
  EntryStatistics,
  Leaderboard,
  LeaderboardEntry,
  RankingRule,
} from '@holdout/contracts';
import {
  type EntriesBefore,
  type EntryRecord,
  type LeaderboardRecord,
  nothingBefore,
  type PastBoard,
  type PhaseRecord,
  type ReaderRecord,
} from '@holdout/db';
import { type RankedEntry, rankEntries } from '@holdout/scoring';
import { policyOf, presentBounds, presentMetric, presentScore, type ScorePolicy } from '../present-score.js';

/** What anyone may see of a leaderboard: teams with dense ranks, reference entries in place without one. */
export function presentLeaderboard(
  phase: PhaseRecord,
  { offset, ...record }: LeaderboardRecord & { offset: number },
  statistics: BoardStatistics | null,
): Leaderboard {
  const { testSetDigest, studyTypes, ranking } = phase;
  return present(phase, { ...record, offset, at: null, testSetDigest, studyTypes, ranking, statistics });
}

/** The same of a board as it stood; empty where the phase was not there yet. */
export function presentPastLeaderboard(
  phase: PhaseRecord,
  past: PastBoard | null,
  { at, offset }: { at: Date; offset: number },
): Leaderboard {
  return present(phase, { ...(past ?? emptyBoardOf(phase)), waiting: 0, at, offset, statistics: null });
}

/** A board that tells nothing but how many are waiting. */
export function presentHiddenLeaderboard(
  phase: PhaseRecord,
  { waiting, offset }: { waiting: number; offset: number },
): Leaderboard {
  return present(phase, { ...emptyBoardOf(phase), waiting, offset, at: null, statistics: null });
}

function emptyBoardOf({ testSetDigest, studyTypes, ranking }: PhaseRecord): PastBoard {
  return { readers: [], entries: [], total: 0, teams: 0, before: nothingBefore, testSetDigest, studyTypes, ranking };
}

interface ShownBoard extends PastBoard {
  waiting: number;
  at: Date | null;
  offset: number;
  statistics: BoardStatistics | null;
}

function present(
  phase: PhaseRecord,
  {
    entries,
    waiting,
    at,
    testSetDigest,
    studyTypes,
    ranking,
    statistics,
    total,
    teams,
    offset,
    before,
    readers,
  }: ShownBoard,
): Leaderboard {
  const ranked = rankEntries(entries, {
    values: (entry) => valuesOf(entry, ranking),
    ties: ranking.ties,
    submittedAt: (entry) => entry.submittedAt,
    isRanked: (entry) => entry.kind === 'team',
  });
  const policy = policyOf(phase);
  const { state, from, final } = phase.release;
  // Statistics are of kappa: where another metric ranks, they would not be of the ranks that are shown.
  const byKappa = ranking.by[0] === 'kappa';
  // They come from best to last.
  const bestReader = readers.find(({ kappa }) => kappa.value !== null)?.name;
  const ranksBefore = countRanksBefore(before, ranked, ranking);
  return {
    competition: phase.competition,
    phase: phase.slug,
    at: at?.toISOString() ?? null,
    testSetVersion: testSetDigest,
    studyTypes: policy.studyTypes ? studyTypes : [],
    ranking,
    decimals: policy.decimals,
    visibility: { state, from: from?.toISOString() ?? null, final: final?.toISOString() ?? null },
    readers: readers.map((reader) => presentReader(reader, { best: reader.name === bestReader, policy })),
    entries: ranked.map(({ entry, rank }) =>
      presentEntry(entry, {
        rank: rank && rank + ranksBefore,
        bestReader: entry.kind === 'reader' && entry.name === bestReader,
        policy,
        statistics: byKappa ? (statistics?.entries[entry.evaluationId ?? ''] ?? null) : null,
      }),
    ),
    offset,
    total,
    teams,
    waiting,
  };
}

function valuesOf({ score }: EntryRecord, { by }: RankingRule): (number | null)[] {
  return by.map((metric) => score.overall[metric].value);
}

/** What is added to the ranks of a page. Its first team shares the last rank before it where the two are equal. */
function countRanksBefore(
  { ranks, lastValues, lastSubmittedAt }: EntriesBefore,
  page: readonly RankedEntry<EntryRecord>[],
  ranking: RankingRule,
): number {
  const first = page.find(({ rank }) => rank !== null)?.entry;
  if (!first || !lastValues) return ranks;
  const values = valuesOf(first, ranking).map((value) => value ?? Number.NEGATIVE_INFINITY);
  const isEqual = values.every((value, place) => value === lastValues[place]);
  const isTied = ranking.ties === 'shared' || first.submittedAt?.getTime() === lastSubmittedAt?.getTime();
  return isEqual && isTied ? ranks - 1 : ranks;
}

function presentReader(
  { name, kappa, interval, sensitivity, specificity }: ReaderRecord,
  { best, policy }: { best: boolean; policy: ScorePolicy },
): BoardReader {
  return {
    name,
    best,
    kappa: presentMetric(kappa, policy),
    kappaInterval: presentBounds(interval, policy),
    sensitivity: presentMetric(sensitivity, policy),
    specificity: presentMetric(specificity, policy),
  };
}

function presentEntry(
  entry: EntryRecord,
  place: {
    rank: number | null;
    bestReader: boolean;
    policy: ScorePolicy;
    statistics: EntryStatistics | null;
  },
): LeaderboardEntry {
  return {
    rank: place.rank,
    kind: entry.kind,
    bestReader: place.bestReader,
    team: entry.team,
    name: entry.name,
    engine: entry.engine,
    link: entry.link,
    submissionId: entry.submissionId,
    submittedAt: entry.submittedAt?.toISOString() ?? null,
    score: presentScore(entry.score, place.policy),
    kappaInterval: presentBounds(entry.kappaInterval, place.policy),
    rankInterval: (place.policy.intervals && place.statistics?.rank) || null,
    toldApartFromFirst: place.statistics?.toldApartFromFirst ?? null,
    againstBestReader: place.statistics?.againstBestReader ?? null,
  };
}
