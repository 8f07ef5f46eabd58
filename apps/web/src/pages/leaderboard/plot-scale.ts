import type { BoardReader } from '@holdout/contracts';
import type { BoardRow } from '../../boards/board-row.js';

/** What the plots of all rows have in common. */
export interface PlotScale {
  readonly lower: number;
  readonly upper: number;
  /** Where the axis has a number. */
  readonly ticks: readonly number[];
  /** The readers' kappas, which each row is seen against. */
  readonly readers: readonly { readonly name: string; readonly kappa: number; readonly isBest: boolean }[];
}

const narrowest = 0.4;

/** A scale that has room for every interval, in tenths, also of readers whose rows were not read yet. */
export function makeScale(rows: readonly (BoardRow | undefined)[], known: readonly BoardReader[]): PlotScale {
  let [lowest, greatest] = [1, 0];
  for (const row of [...rows, ...known]) {
    if (!row || row.kappa.value === null) continue;
    lowest = Math.min(lowest, row.kappaInterval?.lower ?? row.kappa.value);
    greatest = Math.max(greatest, row.kappaInterval?.upper ?? row.kappa.value);
  }
  const readers = known.flatMap(({ name, kappa: { value: kappa }, best: isBest }) =>
    kappa === null ? [] : [{ name, kappa, isBest }],
  );
  const upper = Math.min(1, Math.ceil(greatest * 10) / 10);
  const lower = Math.max(-1, Math.min(Math.floor(lowest * 10) / 10, upper - narrowest));
  const step = upper - lower > 0.8 ? 0.5 : 0.2;
  const ticks: number[] = [];
  for (let tick = Math.ceil(lower / step - 1e-9); tick * step <= upper + 1e-9; tick++) ticks.push(tick * step || 0);
  return { lower, upper, ticks, readers };
}

/** Where a kappa lies, in percent of the width; what lies outside stands at the edge. */
export function toPercent({ lower, upper }: PlotScale, kappa: number): number {
  return Math.min(100, Math.max(0, (100 * (kappa - lower)) / (upper - lower)));
}
