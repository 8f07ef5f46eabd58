/**
 * For each of these values, twice the number of the others that it beats, a tie counting one half: 2 for one that
 * is smaller, 1 for one that is equal. Whole numbers, so that ties are exact. Both lists in any order; the answer
 * is in the order of the sorted values. Sorting takes n log n; the walk over both sorted lists is linear.
 */
export function countHalfWins(values: readonly number[], others: readonly number[]): Float64Array {
  // Typed arrays sort as numbers, natively.
  const sortedOthers = new Float64Array(others).sort();
  let below = 0;
  let notAbove = 0;
  const counts = new Float64Array(values).sort();
  for (let place = 0; place < counts.length; place++) {
    const value = counts[place] ?? 0;
    while (below < sortedOthers.length && (sortedOthers[below] ?? 0) < value) below++;
    notAbove = Math.max(notAbove, below);
    while (notAbove < sortedOthers.length && (sortedOthers[notAbove] ?? 0) === value) notAbove++;
    counts[place] = below + notAbove;
  }
  return counts;
}

export function sum(values: Float64Array): number {
  let total = 0;
  for (let place = 0; place < values.length; place++) total += values[place] ?? 0;
  return total;
}
