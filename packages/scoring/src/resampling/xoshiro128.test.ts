import { expect, it } from 'vitest';
import { fixtures } from '../testing/interval-fixtures.js';
import { fillRandom, seedStream } from './xoshiro128.js';

// From the authors’ own program, as rand_xoshiro tests it too.
const reference = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804];

it('gives the numbers of the reference implementation, at once or in parts', () => {
  const whole = new Uint32Array(10);
  fillRandom(Int32Array.of(1, 2, 3, 4), whole);
  expect([...whole]).toEqual(reference);

  const state = Int32Array.of(1, 2, 3, 4);
  const parts = [3, 0, 7].flatMap((length) => {
    const part = new Uint32Array(length);
    fillRandom(state, part);
    return [...part];
  });
  expect(parts).toEqual(reference);
});

it.each(fixtures.streams)('starts stream $stream of seed $seed as written out in Python', (fixture) => {
  const numbers = new Uint32Array(fixture.numbers.length);
  fillRandom(seedStream(fixture.seed, fixture.stream), numbers);
  expect([...numbers]).toEqual(fixture.numbers);
});

// The first two of the numbers that are published for SplitMix64 with the seed 1234567.
it('seeds with SplitMix64', () => {
  const state = new BigUint64Array(seedStream(1234567, 0).buffer);
  expect([...state]).toEqual([6457827717110365317n, 3203168211198807973n]);
});
