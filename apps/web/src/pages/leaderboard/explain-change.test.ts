import type { Leaderboard, LeaderboardEntry } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { explainChange } from './explain-change.js';

type Row = [team: string, rank: number, kappa: number, submission?: string];

function board(rows: Row[], more: Partial<Leaderboard> = {}): Leaderboard {
  const entries = rows.map(([team, rank, kappa, submissionId = team]) => ({
    team,
    rank,
    submissionId,
    name: `model ${submissionId}`,
    score: { overall: { kappa: { value: kappa } } },
  }));
  const rest = { testSetVersion: 'a', ranking: { by: ['kappa'], ties: 'shared' }, ...more };
  return { ...rest, entries: entries as unknown as LeaderboardEntry[] } as Leaderboard;
}

function explain(team: string, then: Leaderboard, now: Leaderboard) {
  const entry = then.entries.find((each) => each.team === team);
  return entry && explainChange(entry, then, now);
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
    reasons: ['New above it: D.', 'Passed by: C.', 'Left the board: A.'],
  });
  expect(explain('C', then, now)).toEqual({
    from: 3,
    to: 2,
    reasons: [
      'Its entry is “model C2” now: kappa 0.700 → 0.850.',
      'New above it: D.',
      'Fell behind it: B.',
      'Left the board: A.',
    ],
  });
  expect(explain('A', then, now)).toEqual({ from: 1, to: null, reasons: ['It is not on the board any more.'] });
});

it('tells a new test set from a new evaluation, and from new rules', () => {
  const changed: Row[] = [['A', 1, 0.5]];
  expect(explain('A', then, board(changed, { testSetVersion: 'b' }))?.reasons).toEqual([
    'Scored on a new version of the test set: kappa 0.900 → 0.500.',
  ]);
  expect(explain('A', then, board(changed))?.reasons).toEqual(['It was evaluated anew: kappa 0.900 → 0.500.']);
  const rules = board([['A', 1, 0.9]], { ranking: { by: ['auroc', 'kappa'], ties: 'shared' } });
  expect(explain('A', then, rules)?.reasons).toEqual(['The phase ranks by auroc, then kappa now.']);
});
