import type { BoardStatistics, EntryStatistics, Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import {
  type EntriesBefore,
  type EntryRecord,
  type LeaderboardRecord,
  nothingBefore,
  type PastBoard,
  type PhaseRecord,
} from '@holdout/db';
import { type RankedEntry, rankEntries } from '@holdout/scoring';
import { presentBounds, presentScore } from '../present-score.js';

/** What anyone may see of a leaderboard: teams with dense ranks, reference entries in place without one. */
export function presentLeaderboard(
  phase: PhaseRecord,
  { offset, ...record }: LeaderboardRecord & { offset: number },
  statistics: BoardStatistics | null,
): Leaderboard {
  const { testSetDigest, studyTypes } = phase;
  return present(phase, { ...record, offset, at: null, testSetDigest, studyTypes, statistics });
}

/** The same of a board as it stood; null where the phase was not there yet. */
export function presentPastLeaderboard(
  phase: PhaseRecord,
  past: PastBoard | null,
  { at, offset }: { at: Date; offset: number },
): Leaderboard {
  const { testSetDigest, studyTypes } = phase;
  const board = past ?? { entries: [], total: 0, teams: 0, before: nothingBefore, testSetDigest, studyTypes };
  return present(phase, { ...board, waiting: 0, at, offset, statistics: null });
}

interface ShownBoard extends PastBoard {
  waiting: number;
  at: Date | null;
  offset: number;
  statistics: BoardStatistics | null;
}

function present(
  phase: PhaseRecord,
  { entries, waiting, at, testSetDigest, studyTypes, statistics, total, teams, offset, before }: ShownBoard,
): Leaderboard {
  const ranked = rankEntries(entries, {
    kappa: (entry) => entry.score.overall.kappa.value,
    submittedAt: (entry) => entry.submittedAt,
    isRanked: (entry) => entry.kind === 'team',
  });
  // Ranked from best to last, so the first reader is the best one.
  const bestReader = before.hasReader
    ? undefined
    : ranked.find(({ entry }) => entry.kind === 'reader' && entry.score.overall.kappa.value !== null);
  const ranksBefore = countRanksBefore(before, ranked);
  return {
    competition: phase.competition,
    phase: phase.slug,
    at: at?.toISOString() ?? null,
    testSetVersion: testSetDigest,
    studyTypes,
    entries: ranked.map(({ entry, rank }) =>
      presentEntry(entry, {
        rank: rank && rank + ranksBefore,
        bestReader: entry === bestReader?.entry,
        visibility: phase.visibility,
        statistics: statistics?.entries[entry.evaluationId ?? ''] ?? null,
      }),
    ),
    offset,
    total,
    teams,
    waiting,
  };
}

/** What is added to the ranks of a page. Its first team shares the last rank before it where the two are equal. */
function countRanksBefore({ ranks, lastValue }: EntriesBefore, page: readonly RankedEntry<EntryRecord>[]): number {
  const first = page.find(({ rank }) => rank !== null);
  return first && first.entry.score.overall.kappa.value === lastValue ? ranks - 1 : ranks;
}

function presentEntry(
  entry: EntryRecord,
  place: {
    rank: number | null;
    bestReader: boolean;
    visibility: 'public' | 'hidden';
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
    score: presentScore(entry.score, place.visibility),
    kappaInterval: presentBounds(entry.kappaInterval, place.visibility),
    rankInterval: place.statistics?.rank ?? null,
    toldApartFromFirst: place.statistics?.toldApartFromFirst ?? null,
    againstBestReader: place.statistics?.againstBestReader ?? null,
  };
}
