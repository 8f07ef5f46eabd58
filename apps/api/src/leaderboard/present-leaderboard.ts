import type { BoardStatistics, EntryStatistics, Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import type { EntryRecord, LeaderboardRecord, PastBoard, PhaseRecord } from '@holdout/db';
import { rankEntries } from '@holdout/scoring';
import { policyOf, presentBounds, presentScore, type ScorePolicy } from '../present-score.js';

/** What anyone may see of a leaderboard: teams with dense ranks, reference entries in place without one. */
export function presentLeaderboard(
  phase: PhaseRecord,
  { entries, waiting }: LeaderboardRecord,
  statistics: BoardStatistics | null,
): Leaderboard {
  const { testSetDigest, studyTypes, ranking } = phase;
  return present(phase, { entries, waiting, at: null, testSetDigest, studyTypes, ranking, statistics });
}

/** The same of a board as it stood; empty where the phase was not there yet. */
export function presentPastLeaderboard(phase: PhaseRecord, past: PastBoard | null, at: Date): Leaderboard {
  return present(phase, { ...(past ?? emptyBoardOf(phase)), waiting: 0, at, statistics: null });
}

/** A board that tells nothing but how many are waiting. */
export function presentHiddenLeaderboard(phase: PhaseRecord, waiting: number): Leaderboard {
  return present(phase, { ...emptyBoardOf(phase), waiting, at: null, statistics: null });
}

function emptyBoardOf({ testSetDigest, studyTypes, ranking }: PhaseRecord): PastBoard {
  return { entries: [], testSetDigest, studyTypes, ranking };
}

interface ShownBoard extends PastBoard {
  waiting: number;
  at: Date | null;
  statistics: BoardStatistics | null;
}

function present(
  phase: PhaseRecord,
  { entries, waiting, at, testSetDigest, studyTypes, ranking, statistics }: ShownBoard,
): Leaderboard {
  const ranked = rankEntries(entries, {
    values: (entry) => ranking.by.map((metric) => entry.score.overall[metric].value),
    ties: ranking.ties,
    submittedAt: (entry) => entry.submittedAt,
    isRanked: (entry) => entry.kind === 'team',
  });
  const policy = policyOf(phase);
  const { state, from, final } = phase.release;
  // Statistics are of kappa: where another metric ranks, they would not be of the ranks that are shown.
  const byKappa = ranking.by[0] === 'kappa';
  // Ranked from best to last, so the first reader is the best one.
  const bestReader = ranked.find(({ entry }) => entry.kind === 'reader' && entry.score.overall.kappa.value !== null);
  return {
    competition: phase.competition,
    phase: phase.slug,
    at: at?.toISOString() ?? null,
    testSetVersion: testSetDigest,
    studyTypes: policy.studyTypes ? studyTypes : [],
    ranking,
    visibility: { state, from: from?.toISOString() ?? null, final: final?.toISOString() ?? null },
    entries: ranked.map(({ entry, rank }) =>
      presentEntry(entry, {
        rank,
        bestReader: entry === bestReader?.entry,
        policy,
        statistics: byKappa ? (statistics?.entries[entry.evaluationId ?? ''] ?? null) : null,
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
