import { useDeferredValue, useMemo } from 'react';
import type { BoardRow } from '../../boards/board-row.js';
import type { BoardSource } from '../../boards/read-board.js';
import { useFormat } from '../../format/use-format.js';
import { arrangeRows, readSorting, type Sorting } from './arrange-rows.js';
import type { BoardSearch } from './board-search.js';
import { type Column, listColumns } from './columns.js';
import { compareBoards, type RankChange } from './explain-change.js';
import { makeScale, type PlotScale } from './plot-scale.js';
import { type Board, type BoardState, useBoard } from './use-board.js';

/** The board that is looked at, present or past, as the reader wants it. */
export interface ShownBoard extends BoardState {
  readonly source: BoardSource;
  /** The present one, which is followed also while a past one is shown. */
  readonly present: Board | undefined;
  readonly columns: readonly Column[];
  readonly sorting: Sorting | null;
  readonly filter: string;
  /** Those that the filter finds, in the order that was chosen. */
  readonly rows: readonly (BoardRow | undefined)[];
  /** The same of the whole board, which may have to be read for it. */
  readonly arrange: (rows: readonly BoardRow[]) => readonly BoardRow[];
  readonly scale: PlotScale;
  /** On a past board: what became of a row since. */
  readonly changeOf: ((row: BoardRow) => RankChange | null) | undefined;
}

/**
 * @param address - where the board is read
 * @param linkedKey - the row that the page's address names; empty for none
 */
export function useShownBoard(address: string, search: BoardSearch, linkedKey: string): ShownBoard {
  const { locale } = useFormat();
  const filter = useDeferredValue(search.filter ?? '');
  const presentSource = useMemo(() => ({ address, at: null }), [address]);
  const pastSource = useMemo(() => (search.at ? { address, at: endOfDay(search.at) } : null), [address, search.at]);
  const isArranged = filter !== '' || search.sort !== undefined;
  // A row that the first window does not have may be anywhere; a past board is compared with all of the present one.
  const present = useBoard(presentSource, isArranged || linkedKey !== '' || pastSource !== null);
  const past = useBoard(pastSource, true);
  const shown = pastSource ? past : present;
  const { board } = shown;

  const facts = board?.facts;
  const columns = useMemo(() => (facts ? listColumns(facts) : []), [facts]);
  const sorting = useMemo(() => readSorting(search.sort, columns), [search.sort, columns]);
  const arrange = useMemo(
    () => (rows: readonly BoardRow[]) => arrangeRows(rows, { filter, sorting, locale }),
    [filter, sorting, locale],
  );
  const rows = useMemo(() => {
    const all = board?.rows ?? [];
    return filter === '' && sorting === null ? all : arrange(all.filter((row) => row !== undefined));
  }, [board, filter, sorting, arrange]);
  const scale = useScale(board);
  const changeOf = useMemo(() => {
    const [then, now] = [past.board, present.board];
    if (!pastSource || !then?.isWhole || !now?.isWhole) return undefined;
    return compareBoards(whole(then), whole(now));
  }, [pastSource, past.board, present.board]);
  const source = pastSource ?? presentSource;
  return { ...shown, source, present: present.board, columns, sorting, filter, rows, arrange, scale, changeOf };
}

/** The same as long as it says the same: every row is drawn to it. */
function useScale(board: Board | undefined): PlotScale {
  const text = useMemo(() => JSON.stringify(makeScale(board?.rows ?? [], board?.facts.readers ?? [])), [board]);
  return useMemo(() => JSON.parse(text), [text]);
}

function whole({ facts, rows }: Board) {
  return { facts, rows: rows.filter((row) => row !== undefined) };
}

/** In the reader's own time zone; a day that has not ended yet is now. */
function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59.999`);
  return new Date(Math.min(end.getTime(), Date.now())).toISOString();
}
