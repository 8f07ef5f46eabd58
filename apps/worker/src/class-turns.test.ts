import type { Hardware } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { ClassTurns } from './class-turns.js';

/** Serves so many times, while the shares stay as they are. */
function serve(times: number, shares: ReadonlyMap<Hardware, number>): Hardware[] {
  const turns = new ClassTurns(['cpu', 'gpu']);
  return Array.from({ length: times }, () => {
    const [first = 'cpu'] = turns.next(shares);
    turns.served(first);
    return first;
  });
}

it('gives one team that asks for a GPU among six that do not one turn in seven', () => {
  const order = serve(
    70,
    new Map([
      ['cpu', 6 / 7],
      ['gpu', 1 / 7],
    ]),
  );
  expect(order.filter((each) => each === 'gpu')).toHaveLength(10);
  // And never two before all the others had theirs.
  for (let start = 0; start + 7 <= order.length; start += 7) {
    expect(order.slice(start, start + 7).filter((each) => each === 'gpu')).toHaveLength(1);
  }
});

it('serves the one class that is waited for, and saves nothing up for the other', () => {
  const turns = new ClassTurns(['cpu', 'gpu']);
  for (let time = 0; time < 20; time += 1) {
    expect(turns.next(new Map([['gpu', 1]]))[0]).toBe('gpu');
    turns.served('gpu');
  }
  const both = new Map<Hardware, number>([
    ['cpu', 0.5],
    ['gpu', 0.5],
  ]);
  const order = Array.from({ length: 6 }, () => {
    const [first = 'cpu'] = turns.next(both);
    turns.served(first);
    return first;
  });
  expect(order.filter((each) => each === 'cpu')).toHaveLength(3);
});
