import type { LeaderboardEntry } from '@holdout/contracts';

/** An entry on two boards; null where it is not on one of them. */
export interface EntryPair {
  readonly key: string;
  readonly name: string;
  readonly team: string | null;
  readonly before: LeaderboardEntry | null;
  readonly after: LeaderboardEntry | null;
}

/** Puts the entries of two boards side by side, in the order of the second; those that left it come last. */
export function pairEntries(before: readonly LeaderboardEntry[], after: readonly LeaderboardEntry[]): EntryPair[] {
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const present = new Set(after.map(keyOf));
  return [
    ...after.map((entry) => makePair(old.get(keyOf(entry)) ?? null, entry)),
    ...before.filter((entry) => !present.has(keyOf(entry))).map((entry) => makePair(entry, null)),
  ];
}

function makePair(before: LeaderboardEntry | null, after: LeaderboardEntry | null): EntryPair {
  const entry = after ?? before;
  if (entry === null) throw new TypeError('An entry stands on one of two boards at least.');
  return { key: keyOf(entry), name: entry.name, team: entry.team, before, after };
}

/** A team has one entry on a board, whichever submission it is from; a reference entry has its name. */
function keyOf({ kind, team, name }: LeaderboardEntry): string {
  return kind === 'team' ? `team ${team}` : `${kind} ${name}`;
}
