/**
 * p-values adjusted for their number, in the order in which they were given: the i-th least is multiplied by
 * n − i + 1, is at least the one before it, and at most 1. Those below α keep the chance of even one wrong
 * rejection below α, however the tests depend on each other.
 *
 * Source: S. Holm, “A simple sequentially rejective multiple test procedure”, Scandinavian Journal of Statistics
 * 6(2), 1979, 65–70.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let previous = 0;
  const ascending = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  for (const [rank, [place, pValue]] of ascending.entries()) {
    previous = Math.min(1, Math.max(previous, pValue * (pValues.length - rank)));
    adjusted[place] = previous;
  }
  return adjusted;
}
