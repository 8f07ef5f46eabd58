import { expect, it } from 'vitest';
import type { BoardFacts, BoardRow } from '../../boards/board-row.js';
import { compareBoards, type MomentBoard } from './explain-change.js';

type Row = [team: string, rank: number, kappa: number, submission?: string];

function board(rows: Row[], more: Partial<BoardFacts> = {}): MomentBoard {
  return {
    facts: { testSetVersion: 'a', ranking: { by: ['kappa'], ties: 'shared' }, ...more },
    rows: rows.map(
      ([team, rank, kappa, submissionId = team]) =>
        ({ team, rank, submissionId, name: `model ${submissionId}`, kappa: { value: kappa } }) as BoardRow,
    ),
  };
}

function explain(team: string, then: MomentBoard, now: MomentBoard) {
  const row = then.rows.find((each) => each.team === team);
  return row && compareBoards(then, now)(row);
}

const then = board([
  ['A', 1, 0.9],
  ['B', 2, 0.8],
  ['C', 3, 0.7],
]);

it('says nothing where all is as it was', () => {
  expect(explain('B', then, then)).toEqual({ from: 2, to: 2, reasons: [] });
});

it('says who is new above it, who passed it, who fell behind it and who left', () => {
  const now = board([
    ['D', 1, 0.95],
    ['C', 2, 0.85, 'C2'],
    ['B', 3, 0.8],
  ]);
  expect(explain('B', then, now)).toEqual({
    from: 2,
    to: 3,
    reasons: [
      { kind: 'newAbove', teams: ['D'], more: 0 },
      { kind: 'passedBy', teams: ['C'], more: 0 },
      { kind: 'left', teams: ['A'], more: 0 },
    ],
  });
  expect(explain('C', then, now)).toEqual({
    from: 3,
    to: 2,
    reasons: [
      { kind: 'otherEntry', name: 'model C2', kappas: [0.7, 0.85] },
      { kind: 'newAbove', teams: ['D'], more: 0 },
      { kind: 'fellBehind', teams: ['B'], more: 0 },
      { kind: 'left', teams: ['A'], more: 0 },
    ],
  });
  expect(explain('A', then, now)).toEqual({ from: 1, to: null, reasons: [{ kind: 'gone' }] });
});

it('names five teams at most, and counts the others', () => {
  const many = Array.from({ length: 8 }, (_, place): Row => [`T${place}`, place + 1, 0.95]);
  const now = board([...many, ['A', 9, 0.9]]);
  const names = ['T0', 'T1', 'T2', 'T3', 'T4'];
  expect(explain('A', then, now)?.reasons).toEqual([{ kind: 'newAbove', teams: names, more: 3 }]);
});

it('tells a new test set from a new evaluation, and from new rules', () => {
  const changed: Row[] = [['A', 1, 0.5]];
  const kappas = [0.9, 0.5];
  expect(explain('A', then, board(changed, { testSetVersion: 'b' }))?.reasons).toEqual([
    { kind: 'newVersion', kappas },
  ]);
  expect(explain('A', then, board(changed))?.reasons).toEqual([{ kind: 'evaluatedAnew', kappas }]);
  const rules = board([['A', 1, 0.9]], { ranking: { by: ['auroc', 'kappa'], ties: 'shared' } });
  expect(explain('A', then, rules)?.reasons).toEqual([{ kind: 'rules', by: ['auroc', 'kappa'] }]);
});
