/** How an entry's place is read from it. */
export interface RankingFields<T> {
  /** null where it is undefined. */
  readonly kappa: (entry: T) => number | null;
  /** A date, or one as ISO 8601; null for an entry that was never submitted, such as a reader's. */
  readonly submittedAt: (entry: T) => Date | string | null;
  /** Reference entries stand in their place without a rank of their own; every entry is ranked where left out. */
  readonly isRanked?: (entry: T) => boolean;
}

export interface RankedEntry<T> {
  readonly entry: T;
  /** From 1, without gaps; null for an entry that is not ranked, or that has no kappa. */
  readonly rank: number | null;
}

/**
 * The entries of a leaderboard from the best to the last, with dense ranks: equal kappas share a rank and the
 * next rank follows without a gap, as on the official MURA board. Among equals the earlier submission stands
 * first, references before all; entries without a kappa stand last and unranked. The argument is not changed.
 */
export function rankEntries<T>(entries: readonly T[], fields: RankingFields<T>): RankedEntry<T>[] {
  const places = entries.map((entry) => ({
    entry,
    kappa: fields.kappa(entry) ?? Number.NEGATIVE_INFINITY,
    submittedAt: toTime(fields.submittedAt(entry)),
    ranked: fields.isRanked?.(entry) ?? true,
  }));
  // Comparisons instead of a difference: ∞ − ∞ is NaN, which a sort takes for anything.
  places.sort((a, b) => compare(b.kappa, a.kappa) || compare(a.submittedAt, b.submittedAt));

  let rank = 0;
  let kappaOfRank: number | null = null;
  return places.map(({ entry, kappa, ranked }) => {
    if (!ranked || kappa === Number.NEGATIVE_INFINITY) return { entry, rank: null };
    if (kappa !== kappaOfRank) rank++;
    kappaOfRank = kappa;
    return { entry, rank };
  });
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toTime(date: Date | string | null): number {
  return date === null ? Number.NEGATIVE_INFINITY : new Date(date).getTime();
}
