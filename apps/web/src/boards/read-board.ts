import type { Leaderboard } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { byShape } from '../api/check-shape.js';
import { apiPath, request } from '../api/request.js';
import { type BoardPage, toBoardPage } from './board-row.js';

/** Rows that are asked for at a time while the board is looked through. */
export const windowSize = 100;
/** Rows of one answer at most, for when all of them are needed: `boardPageLimit` of the contracts. */
const largestPage = 1000;
/** So many answers are waited for at one time. */
const pagesAtOnce = 3;

const check = byShape<Leaderboard>('leaderboard', {
  entries: 'array',
  readers: 'array',
  studyTypes: 'array',
  ranking: 'object',
  visibility: 'object',
  total: 'number',
  offset: 'number',
  waiting: 'number',
});

/** Which board: where it is read, and the moment that it is of, null for now. */
export interface BoardSource {
  readonly address: string;
  readonly at: string | null;
}

/** Where the board of a phase is read. */
export function phaseBoardPath(competition: string, phase: string): string {
  return apiPath('competitions', competition, 'phases', phase, 'leaderboard');
}

export function sourceKey({ address, at }: BoardSource): readonly [string, string, string | null] {
  return ['board', address, at];
}

/** A window of the board, from a row on. */
export function windowQuery(source: BoardSource, offset: number) {
  return queryOptions({
    queryKey: [...sourceKey(source), offset],
    queryFn: ({ signal }) => readPage(source, { offset, limit: windowSize }, signal),
    staleTime: source.at === null ? 30_000 : Number.POSITIVE_INFINITY,
  });
}

/** The whole board, for what no window can tell: the order by another column, what a filter finds. */
export function wholeQuery(source: BoardSource) {
  return queryOptions({
    queryKey: [...sourceKey(source), 'whole'],
    queryFn: ({ signal }) => readWhole(source, signal),
    staleTime: source.at === null ? 30_000 : Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
}

export function parseBoard(text: string): BoardPage {
  return toBoardPage(check(JSON.parse(text)));
}

async function readWhole(source: BoardSource, signal: AbortSignal): Promise<BoardPage> {
  const first = await readPage(source, { offset: 0, limit: largestPage }, signal);
  const offsets = Array.from(
    { length: Math.ceil(first.facts.total / largestPage) - 1 },
    (_, page) => (page + 1) * largestPage,
  );
  const rows = [...first.rows];
  while (offsets.length > 0) {
    const pages = offsets
      .splice(0, pagesAtOnce)
      .map((offset) => readPage(source, { offset, limit: largestPage }, signal));
    for (const page of await Promise.all(pages)) rows.push(...page.rows);
  }
  return { ...first, rows };
}

async function readPage(
  { address, at }: BoardSource,
  { offset, limit }: { offset: number; limit: number },
  signal: AbortSignal,
): Promise<BoardPage> {
  const query = new URLSearchParams({ limit: String(limit), offset: String(offset), ...(at ? { at } : {}) });
  return toBoardPage(await request(`${address}?${query}`, check, { signal }));
}
