import { describe, expect, it } from 'vitest';
import type { BoardRow } from '../../boards/board-row.js';
import { arrangeRows, nextSorting, readSorting } from './arrange-rows.js';
import { listColumns } from './columns.js';

const columns = listColumns({ ranking: { by: ['auroc', 'kappa'], ties: 'shared' }, studyTypes: ['wrist'] });

function row(place: number, team: string | null, more: Partial<BoardRow> = {}): BoardRow {
  const rest = { name: `model ${place}`, engine: 'onnx', kappa: { value: 0.5 }, metrics: {}, kappaByType: {} };
  return { place, team, ...rest, ...more } as BoardRow;
}

const rows = [
  row(0, 'Team 10', { kappa: { value: 0.9 }, kappaByType: { wrist: { value: 0.1 } } }),
  row(1, null, { kappa: { value: 0.8 }, name: 'Reader 1' }),
  row(2, 'Team 9', { kappa: { value: null, reason: 'none' }, engine: 'tfjs' }),
  row(3, 'Ägir', { kappa: { value: 0.8 }, kappaByType: { wrist: { value: 0.7 } } }),
];

function places(sort: string | undefined, filter = ''): number[] {
  const sorting = readSorting(sort, columns);
  return arrangeRows(rows, { filter, sorting, locale: 'en-GB' }).map(({ place }) => place);
}

describe('the order of rows', () => {
  it('is the board’s own where none was chosen, or none that there is', () => {
    expect(places(undefined)).toEqual([0, 1, 2, 3]);
    expect(places('nothing')).toEqual([0, 1, 2, 3]);
    expect(places('-rank')).toEqual([3, 2, 1, 0]);
  });

  it('is by numbers with what has none last, whichever way; equal ones stand as on the board', () => {
    expect(places('-kappa')).toEqual([0, 1, 3, 2]);
    expect(places('kappa')).toEqual([1, 3, 0, 2]);
    expect(places('-type-wrist')).toEqual([3, 0, 1, 2]);
  });

  it('is by names as people put them in order', () => {
    expect(places('team')).toEqual([3, 2, 0, 1]);
  });

  it('goes on from a heading: its own way, the other way, and back', () => {
    const [kappa, team] = ['kappa', 'team'].map((id) => columns.find((column) => column.id === id));
    if (!kappa || !team) throw new Error('These columns are always there.');
    expect(nextSorting(kappa, null)).toBe('-kappa');
    expect(nextSorting(kappa, { column: kappa, greatestFirst: true })).toBe('kappa');
    expect(nextSorting(kappa, { column: kappa, greatestFirst: false })).toBeUndefined();
    expect(nextSorting(team, { column: kappa, greatestFirst: true })).toBe('team');
  });

  it('has a column for what the phase ranks by besides kappa', () => {
    expect(columns.map(({ id }) => id)).toContain('auroc');
  });
});

it('finds rows by all words, in the team, the model and the engine', () => {
  expect(places(undefined, 'TFJS team')).toEqual([2]);
  expect(places('-kappa', 'reader')).toEqual([1]);
  expect(places(undefined, '  ')).toHaveLength(4);
  expect(places(undefined, 'nobody')).toEqual([]);
});
