import type { BoardRow } from '../../boards/board-row.js';
import type { Column } from './columns.js';

/** The order that the reader chose; null is the board's own. */
export interface Sorting {
  readonly column: Column;
  readonly greatestFirst: boolean;
}

/** Reads `-kappa` or `team`; null where it names no column, or the board's own order. */
export function readSorting(text: string | undefined, columns: readonly Column[]): Sorting | null {
  if (text === undefined) return null;
  const greatestFirst = text.startsWith('-');
  const column = columns.find(({ id }) => id === (greatestFirst ? text.slice(1) : text));
  if (!column || (column.id === 'rank' && !greatestFirst)) return null;
  return { column, greatestFirst };
}

/** What a column's heading does next: its own way, the other way, and the board's order again. */
export function nextSorting(column: Column, now: Sorting | null): string | undefined {
  const write = (greatestFirst: boolean) => (greatestFirst ? '-' : '') + column.id;
  if (column.id === 'rank') return now === null ? write(true) : undefined;
  if (now?.column.id !== column.id) return write(column.greatestFirst);
  return now.greatestFirst === column.greatestFirst ? write(!column.greatestFirst) : undefined;
}

/** The rows that have the words, in the order that was chosen. Equal ones stand as on the board. */
export function arrangeRows(
  rows: readonly BoardRow[],
  { filter, sorting, locale }: { filter: string; sorting: Sorting | null; locale: string },
): readonly BoardRow[] {
  const words = filter.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? rows : rows.filter((row) => hasWords(row, words, locale));
  if (sorting === null) return found;
  const { column } = sorting;
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const direction = sorting.greatestFirst ? -1 : 1;
  return found.toSorted(
    (a, b) => compare(column.valueOf(a), column.valueOf(b), direction, collator) || a.place - b.place,
  );
}

function compare(
  a: number | string | null,
  b: number | string | null,
  direction: number,
  collator: Intl.Collator,
): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * collator.compare(String(a), String(b));
}

function hasWords({ team, name, engine }: BoardRow, words: readonly string[], locale: string): boolean {
  const text = `${team ?? ''} ${name} ${engine ?? ''}`.toLocaleLowerCase(locale);
  return words.every((word) => text.includes(word));
}
