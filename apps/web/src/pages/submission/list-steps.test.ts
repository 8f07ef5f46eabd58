import { expect, it } from 'vitest';
import { listSteps } from './list-steps.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();

it('has the way to the score, as far as it went', () => {
  const steps = listSteps({ state: 'running', times: { queued: at(0), checking: at(2), running: at(7) } });
  expect(steps).toEqual([
    { state: 'queued', at: at(0), seconds: 2 },
    { state: 'checking', at: at(2), seconds: 5 },
    { state: 'running', at: at(7), seconds: null },
    { state: 'scoring', at: null, seconds: null },
    { state: 'scored', at: null, seconds: null },
  ]);
});

it('ends where it ended, without what it did not reach', () => {
  const steps = listSteps({ state: 'rejected', times: { queued: at(0), checking: at(1), rejected: at(4) } });
  expect(steps.map(({ state, seconds }) => [state, seconds])).toEqual([
    ['queued', 1],
    ['checking', 3],
    ['rejected', null],
  ]);
});

it('passes over what was never run, such as imported predictions', () => {
  const steps = listSteps({ state: 'scored', times: { scoring: at(0), scored: at(1) } });
  expect(steps.map(({ state, at: time }) => [state, time !== null])).toEqual([
    ['scoring', true],
    ['scored', true],
  ]);
});
