import { expect, it } from 'vitest';
import { Rooms } from './rooms.js';

it('gives an array that was given back to the next who can use it, and another to who needs more', () => {
  const rooms = new Rooms();
  const first = rooms.take(10);
  expect(rooms.take(10)).not.toBe(first);
  rooms.giveBack(first);
  expect(rooms.take(first.length + 1)).not.toBe(first);
  expect(rooms.take(first.length)).toBe(first);
});

it('lets go of the smallest, so that no more is held than is in use', () => {
  const rooms = new Rooms();
  const least = rooms.take(1).length;
  const small = rooms.take(least);
  const large = Array.from({ length: 3 }, () => rooms.take(2 * least));
  for (const room of [small, ...large]) rooms.giveBack(room);
  expect(new Set(large.map(() => rooms.take(1)))).toEqual(new Set(large));
  expect(rooms.take(1)).not.toBe(small);
});
