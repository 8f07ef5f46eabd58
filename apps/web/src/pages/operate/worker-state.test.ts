import type { Worker } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { stateOf } from './worker-state.js';

const work = [{} as Worker['work'][number]];

it('says in one word what a worker is', () => {
  expect(stateOf({ alive: true, mode: 'working', work: [] })).toBe('waiting');
  expect(stateOf({ alive: true, mode: 'working', work })).toBe('working');
  expect(stateOf({ alive: true, mode: 'paused', work })).toBe('paused');
  expect(stateOf({ alive: true, mode: 'draining', work })).toBe('draining');
  expect(stateOf({ alive: true, mode: 'draining', work: [] })).toBe('drained');
  expect(stateOf({ alive: false, mode: 'paused', work })).toBe('lost');
});
