import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { computeInThread } from './board-statistics.js';
import { type BoardTask, computeBoard } from './compute-board.js';

/** A board of so many teams and a reader, each of whom errs in other studies. */
function makeBoard(teams: number): BoardTask {
  const gold = Array.from({ length: 200 }, (_, place) => ({
    study: `XR_HAND/patient${place}/study1`,
    studyType: place % 2 === 0 ? 'hand' : 'wrist',
    patient: `patient${place}`,
    label: (place % 3 === 0 ? 1 : 0) as 0 | 1,
  }));
  const entries = Array.from({ length: teams + 1 }, (_, entry) => ({
    kind: entry === 0 ? ('reader' as const) : ('team' as const),
    evaluationId: entry === 0 ? null : `evaluation-${entry}`,
    name: `entry ${entry}`,
    predictionsDigest: null,
  }));
  const predictions = entries.map((_, entry) =>
    JSON.stringify(
      gold.map(({ study, label }, place) => {
        const errs = (place * 7919 + entry * 104_729) % 97 < 10 + (entry % 40);
        return { study, label: errs ? 1 - label : label, probability: null };
      }),
    ),
  );
  return { gold, seed: 1, entries, predictions };
}

it('computes a long board beside this thread, which turns meanwhile', async () => {
  const board = makeBoard(500);
  let isComputing = true;
  const computing = computeInThread(board).finally(() => {
    isComputing = false;
  });
  let turns = 0;
  for (; isComputing; turns++) await nextTurn();
  const statistics = await computing;
  // Were it computed here, this thread would turn a few times before and after.
  expect(turns).toBeGreaterThan(1000);
  expect(statistics).toEqual(computeBoard(board));
  expect(Object.keys(statistics.entries)).toHaveLength(500);
});
