import type { BoardStatistics, EntryStatistics, Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import type { EntryRecord, LeaderboardRecord, PastBoard, PhaseRecord } from '@holdout/db';
import { rankEntries } from '@holdout/scoring';
import { presentBounds, presentScore } from '../present-score.js';

/** What anyone may see of a leaderboard: teams with dense ranks, reference entries in place without one. */
export function presentLeaderboard(
  phase: PhaseRecord,
  { entries, waiting }: LeaderboardRecord,
  statistics: BoardStatistics | null,
): Leaderboard {
  const { testSetDigest, studyTypes } = phase;
  return present(phase, { entries, waiting, at: null, testSetDigest, studyTypes, statistics });
}

/** The same of a board as it stood; null where the phase was not there yet. */
export function presentPastLeaderboard(phase: PhaseRecord, past: PastBoard | null, at: Date): Leaderboard {
  const board = past ?? { entries: [], testSetDigest: phase.testSetDigest, studyTypes: phase.studyTypes };
  return present(phase, { ...board, waiting: 0, at, statistics: null });
}

interface ShownBoard extends PastBoard {
  waiting: number;
  at: Date | null;
  statistics: BoardStatistics | null;
}

function present(
  phase: PhaseRecord,
  { entries, waiting, at, testSetDigest, studyTypes, statistics }: ShownBoard,
): Leaderboard {
  const ranked = rankEntries(entries, {
    kappa: (entry) => entry.score.overall.kappa.value,
    submittedAt: (entry) => entry.submittedAt,
    isRanked: (entry) => entry.kind === 'team',
  });
  // Ranked from best to last, so the first reader is the best one.
  const bestReader = ranked.find(({ entry }) => entry.kind === 'reader' && entry.score.overall.kappa.value !== null);
  return {
    competition: phase.competition,
    phase: phase.slug,
    at: at?.toISOString() ?? null,
    testSetVersion: testSetDigest,
    studyTypes,
    entries: ranked.map(({ entry, rank }) =>
      presentEntry(entry, {
        rank,
        bestReader: entry === bestReader?.entry,
        visibility: phase.visibility,
        statistics: statistics?.entries[entry.evaluationId ?? ''] ?? null,
      }),
    ),
    waiting,
  };
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
