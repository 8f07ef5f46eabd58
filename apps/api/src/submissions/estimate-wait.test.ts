import { expect, it } from 'vitest';
import { estimateWait } from './estimate-wait.js';

const tenToTwenty = Array.from({ length: 11 }, (_, second) => 10 + second);
const durations = new Map([
  ['mine', tenToTwenty],
  ['slow', [100, 100, 100]],
]);
const waits = { testSetVersionId: 'mine', elapsedSeconds: null, ahead: [], underWay: [] };
const begun = (elapsedSeconds: number, testSetVersionId = 'mine') => ({
  evaluationId: 'other',
  testSetVersionId,
  elapsedSeconds,
});

it('starts at once where nothing is before it, and ends after what earlier ones took', () => {
  expect(estimateWait(waits, durations)).toEqual({
    untilStart: { lower: 0, median: 0, upper: 0 },
    untilEnd: { lower: 11, median: 15, upper: 19 },
  });
});

it('waits for what is under way and what is before it, each by its own phase', () => {
  const queue = { ...waits, ahead: [{ testSetVersionId: 'slow', count: 2 }], underWay: [begun(0)] };
  expect(estimateWait(queue, durations)).toEqual({
    untilStart: { lower: 211, median: 215, upper: 219 },
    untilEnd: { lower: 222, median: 230, upper: 238 },
  });
});

it('is shared among as many workers as are at work', () => {
  const queue = { ...waits, ahead: [{ testSetVersionId: 'slow', count: 2 }], underWay: [begun(0), begun(0)] };
  expect(estimateWait(queue, durations).untilStart).toEqual({ lower: 111, median: 115, upper: 119 });
});

it('asks only those that took longer what is left of one that has run for long', () => {
  expect(estimateWait({ ...waits, elapsedSeconds: 18 }, durations)).toEqual({
    untilStart: null,
    untilEnd: { lower: 1, median: 2, upper: 2 },
  });
  expect(estimateWait({ ...waits, elapsedSeconds: 99 }, durations).untilEnd).toEqual({ lower: 0, median: 0, upper: 0 });
});

it('takes a version that was never measured for one of its own, and says nothing without any', () => {
  const queue = { ...waits, ahead: [{ testSetVersionId: 'new', count: 1 }] };
  expect(estimateWait(queue, durations).untilStart).toEqual({ lower: 11, median: 15, upper: 19 });
  expect(estimateWait({ ...queue, testSetVersionId: 'new' }, durations)).toEqual({ untilStart: null, untilEnd: null });
});
