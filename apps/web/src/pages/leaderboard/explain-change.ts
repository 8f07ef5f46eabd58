import type { Leaderboard, LeaderboardEntry } from '@holdout/contracts';

/** What became of an entry of a past board. */
export interface RankChange {
  readonly from: number | null;
  /** null where it is not on the board any more, or has no rank. */
  readonly to: number | null;
  /** What changed the rank, in sentences; none where it is as it was. */
  readonly reasons: readonly string[];
}

type Ranked = LeaderboardEntry & { team: string; rank: number };

/** Compares a team's place on a past board with its place now, and says what lies between. Null for references. */
export function explainChange(entry: LeaderboardEntry, then: Leaderboard, now: Leaderboard): RankChange | null {
  if (entry.team === null) return null;
  const present = now.entries.find(({ team }) => team === entry.team);
  if (!present) return { from: entry.rank, to: null, reasons: ['It is not on the board any more.'] };
  const reasons = [
    ...explainRules(then, now),
    ...explainOwn(entry, present, then.testSetVersion !== now.testSetVersion),
    ...(entry.rank === present.rank ? [] : explainOthers({ entry, present, then, now })),
  ];
  return { from: entry.rank, to: present.rank, reasons };
}

function explainRules({ ranking: before }: Leaderboard, { ranking: after }: Leaderboard): string[] {
  if (before.by.join() === after.by.join() && before.ties === after.ties) return [];
  return [`The phase ranks by ${after.by.join(', then ')} now.`];
}

function explainOwn(entry: LeaderboardEntry, present: LeaderboardEntry, isOtherVersion: boolean): string[] {
  const [before, after] = [entry, present].map(({ score }) => score.overall.kappa.value);
  const words = `kappa ${show(before)} → ${show(after)}`;
  if (entry.submissionId !== present.submissionId) return [`Its entry is “${present.name}” now: ${words}.`];
  if (before === after) return [];
  return [isOtherVersion ? `Scored on a new version of the test set: ${words}.` : `It was evaluated anew: ${words}.`];
}

interface Places {
  readonly entry: LeaderboardEntry;
  readonly present: LeaderboardEntry;
  readonly then: Leaderboard;
  readonly now: Leaderboard;
}

function explainOthers({ entry, present, then, now }: Places): string[] {
  const above = (board: Leaderboard, own: LeaderboardEntry) =>
    board.entries.filter((other): other is Ranked => isAbove(other, own) && other.team !== own.team);
  const [aboveThen, aboveNow] = [above(then, entry), above(now, present)];
  const names = (entries: readonly Ranked[]) => entries.map(({ team }) => team);
  const wasThere = new Set(then.entries.map(({ team }) => team));
  const isThere = new Set(now.entries.map(({ team }) => team));
  const risen = aboveNow.filter(({ team }) => !names(aboveThen).includes(team));
  const gone = aboveThen.filter(({ team }) => !names(aboveNow).includes(team));
  return [
    sentence('New above it', names(risen.filter(({ team }) => !wasThere.has(team)))),
    sentence('Passed by', names(risen.filter(({ team }) => wasThere.has(team)))),
    sentence('Fell behind it', names(gone.filter(({ team }) => isThere.has(team)))),
    sentence('Left the board', names(gone.filter(({ team }) => !isThere.has(team)))),
  ].flat();
}

function isAbove(other: LeaderboardEntry, own: LeaderboardEntry): boolean {
  return other.team !== null && other.rank !== null && (own.rank === null || other.rank < own.rank);
}

const mostNames = 5;

function sentence(words: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return [`${words}: ${names.slice(0, mostNames).join(', ')}${more}.`];
}

function show(kappa: number | null | undefined): string {
  return kappa === null || kappa === undefined ? 'undefined' : kappa.toFixed(3).replace('-', '−');
}
