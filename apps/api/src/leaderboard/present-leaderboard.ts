import type { Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import type { EntryRecord, LeaderboardRecord, PhaseRecord } from '@holdout/db';
import { rankEntries } from '@holdout/scoring';
import { presentScore } from '../present-score.js';

/** What anyone may see of a leaderboard: teams with dense ranks, reference entries in place without one. */
export function presentLeaderboard(phase: PhaseRecord, { entries, waiting }: LeaderboardRecord): Leaderboard {
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
    testSetVersion: phase.testSetDigest,
    studyTypes: phase.studyTypes,
    entries: ranked.map(({ entry, rank }) =>
      presentEntry(entry, { rank, bestReader: entry === bestReader?.entry, visibility: phase.visibility }),
    ),
    waiting,
  };
}

function presentEntry(
  entry: EntryRecord,
  place: { rank: number | null; bestReader: boolean; visibility: 'public' | 'hidden' },
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
  };
}
