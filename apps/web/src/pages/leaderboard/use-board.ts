import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useEvents } from '../../api/use-events.js';
import type { BoardFacts, BoardPage, BoardRow } from '../../boards/board-row.js';
import {
  type BoardSource,
  parseBoard,
  sourceKey,
  wholeQuery,
  windowQuery,
  windowSize,
} from '../../boards/read-board.js';

/** A board as far as it has been read. */
export interface Board {
  readonly facts: BoardFacts;
  /** As long as the board; what has not been read yet is undefined. */
  readonly rows: readonly (BoardRow | undefined)[];
  readonly isWhole: boolean;
}

export interface BoardState {
  readonly board: Board | undefined;
  /** Whether the rest of it is being read, since all of it was asked for. */
  readonly isReadingRest: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Says which rows are looked at, so that they are read. */
  readonly look: (first: number, last: number) => void;
}

/**
 * Reads a board: its first window at once, others when they are looked at, all of it where that is asked for. Nothing
 * is read without a source.
 */
export function useBoard(source: BoardSource | null, wantsWhole: boolean): BoardState {
  const queries = useQueryClient();
  const [windows, setWindows] = useState({ first: 0, last: 0 });
  const known = source ?? nowhere;
  const enabled = source !== null;
  const first = useQuery({ ...windowQuery(known, 0), enabled });
  const isLong = (first.data?.facts.total ?? 0) > windowSize;
  const whole = useQuery({ ...wholeQuery(known), enabled: enabled && wantsWhole && isLong });
  const needed = enabled && isLong && !whole.data ? listOffsets(windows) : [];
  const others = useQueries({
    queries: needed.map((offset) => ({ ...windowQuery(known, offset), placeholderData: keepPreviousData })),
    combine: (results) => results.map(({ data }) => data),
  });
  const board = useMemo(() => {
    if (!first.data) return undefined;
    if (whole.data && wantsWhole) return { facts: first.data.facts, rows: whole.data.rows, isWhole: true };
    // Those that were looked at before are kept too.
    const kept = queries.getQueriesData<BoardPage>({ queryKey: sourceKey(known) }).map(([, page]) => page);
    return assemble(first.data, [...kept, ...others]);
  }, [first.data, whole.data, wantsWhole, others, queries, known]);
  return {
    board,
    isReadingRest: isLong && wantsWhole && !whole.data && !whole.error,
    error: first.error ?? whole.error,
    retry: () => void queries.refetchQueries({ queryKey: sourceKey(known) }),
    look(firstRow, lastRow) {
      const [from, to] = [firstRow, lastRow].map((row) => Math.floor(row / windowSize)) as [number, number];
      setWindows((old) => (old.first === from && old.last === to ? old : { first: from, last: to }));
    },
  };
}

/**
 * Keeps the present board as it is on the server, by its stream of events.
 *
 * @param onRows - is told the keys of rows that were not there before
 */
export function useLiveBoard(address: string | null, onRows: (rows: readonly BoardRow[]) => void) {
  const queries = useQueryClient();
  const changed = useRef(false);
  const connection = useEvents(address && `${address}/events?limit=${windowSize}`, ['leaderboard'], (_name, data) => {
    if (address === null) return;
    const source = { address, at: null };
    const first = windowQuery(source, 0).queryKey;
    const page = parseBoard(data);
    const before = queries.getQueryData<BoardPage>(first);
    queries.setQueryData(first, page);
    if (before) {
      const keys = new Set(before.rows.map(({ key }) => key));
      const rows = page.rows.filter(({ key }) => !keys.has(key));
      if (rows.length > 0) onRows(rows);
    }
    // What comes while the rest is being read is read once more afterwards: reading anew at once might never end.
    const rest = { queryKey: sourceKey(source), predicate: isRest };
    if (queries.isFetching(rest) > 0) changed.current = true;
    else void queries.invalidateQueries(rest);
  });
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ type, query }) => {
        if (type !== 'updated' || !changed.current || address === null || !isRest(query)) return;
        const rest = { queryKey: sourceKey({ address, at: null }), predicate: isRest };
        if (queries.isFetching(rest) > 0) return;
        changed.current = false;
        void queries.invalidateQueries(rest);
      }),
    [queries, address],
  );
  return connection;
}

const nowhere: BoardSource = { address: '', at: null };

/** Whether it is not the first window, which the events bring. */
function isRest({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] === 'board' && queryKey[3] !== 0;
}

function listOffsets({ first, last }: { first: number; last: number }): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * windowSize).filter(
    (offset) => offset > 0,
  );
}

function assemble(first: BoardPage, pages: readonly (BoardPage | undefined)[]): Board {
  const { total } = first.facts;
  const rows: (BoardRow | undefined)[] = new Array(total).fill(undefined);
  for (const page of [...pages, first]) {
    for (const row of page?.rows ?? []) if (row.place < total) rows[row.place] = row;
  }
  return { facts: first.facts, rows, isWhole: first.rows.length >= total };
}
