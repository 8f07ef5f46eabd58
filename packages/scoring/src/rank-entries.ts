/** How an entry's place is read from it. */
export interface RankingFields<T> {
  /** What decides, the weightiest first; null where a value is undefined. A later one decides among equals. */
  readonly values: (entry: T) => readonly (number | null)[];
  /** A date, or one as ISO 8601; null for an entry that was never submitted, such as a reader's. */
  readonly submittedAt: (entry: T) => Date | string | null;
  /** Reference entries stand in their place without a rank of their own; every entry is ranked where left out. */
  readonly isRanked?: (entry: T) => boolean;
  /** Whether equals share one rank, or the earlier has the better one; they share where it is left out. */
  readonly ties?: 'shared' | 'earlier';
}

export interface RankedEntry<T> {
  readonly entry: T;
  /** From 1, without gaps; null for an entry that is not ranked, or whose first value is undefined. */
  readonly rank: number | null;
}

/**
 * The entries of a leaderboard from the best to the last, with dense ranks: equals share a rank and the next rank
 * follows without a gap, as on the official MURA board, unless the earlier is to have the better one. Among equals the
 * earlier submission stands first, references before all; entries without a value stand last and unranked. The argument
 * is not changed.
 */
export function rankEntries<T>(entries: readonly T[], fields: RankingFields<T>): RankedEntry<T>[] {
  const places = entries.map((entry) => ({
    entry,
    values: fields.values(entry).map((value) => value ?? Number.NEGATIVE_INFINITY),
    submittedAt: toTime(fields.submittedAt(entry)),
    ranked: fields.isRanked?.(entry) ?? true,
  }));
  places.sort((a, b) => compareValues(b.values, a.values) || compare(a.submittedAt, b.submittedAt));

  let rank = 0;
  let last: (typeof places)[number] | null = null;
  return places.map((place) => {
    if (!place.ranked || place.values[0] === Number.NEGATIVE_INFINITY) return { entry: place.entry, rank: null };
    const shares = last !== null && compareValues(last.values, place.values) === 0;
    const isTied = shares && (fields.ties !== 'earlier' || last?.submittedAt === place.submittedAt);
    if (!isTied) rank++;
    last = place;
    return { entry: place.entry, rank };
  });
}

function compareValues(a: readonly number[], b: readonly number[]): number {
  for (const [place, value] of a.entries()) {
    const order = compare(value, b[place] ?? Number.NEGATIVE_INFINITY);
    if (order !== 0) return order;
  }
  return 0;
}

// A comparison instead of a difference: ∞ − ∞ is NaN, which a sort takes for anything.
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toTime(date: Date | string | null): number {
  return date === null ? Number.NEGATIVE_INFINITY : new Date(date).getTime();
}
