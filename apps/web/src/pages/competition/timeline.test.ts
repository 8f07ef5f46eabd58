import { expect, it } from 'vitest';
import { makeTimeline } from './timeline.js';

const at = (day: number) => new Date(Date.UTC(2027, 0, day)).toISOString();

it('lays phases out between the first moment and the last, with room at both ends', () => {
  const timeline = makeTimeline(
    [
      { opens: at(1), closes: at(11) },
      { opens: at(6), closes: null },
    ],
    Date.UTC(2027, 0, 21),
  );
  const { start, end } = timeline?.barOf({ opens: at(1), closes: at(11) }) ?? { start: Number.NaN, end: Number.NaN };
  expect(start).toBeCloseTo(100 / 22);
  expect(end).toBeCloseTo(50);
  expect(timeline?.now).toBeCloseTo(100 - 100 / 22);
  // What has no end goes to the edge.
  expect(timeline?.barOf({ opens: null, closes: null })).toEqual({ start: 0, end: 100 });
});

it('draws no line where nothing begins or ends', () => {
  expect(makeTimeline([{ opens: null, closes: null }], Date.now())).toBeNull();
});
