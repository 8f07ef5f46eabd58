import { expect, it } from 'vitest';
import { findHeatInBox } from './heat-in-box.js';

const map = {
  ...{ method: 'cam' as const, probability: 0.5, width: 2, height: 2, values: [1, -5, 0, 3] },
  area: { left: 0, top: 0, width: 1, height: 1 },
};

it('is the share of what is positive', () => {
  expect(findHeatInBox(map, { left: 0, top: 0, width: 1, height: 1 })).toBe(1);
  expect(findHeatInBox(map, { left: 0.5, top: 0.5, width: 0.5, height: 0.5 })).toBe(0.75);
  // A quarter of the place at the bottom right, a half of the one at the top left.
  expect(findHeatInBox(map, { left: 0.75, top: 0.75, width: 0.5, height: 0.5 })).toBeCloseTo(0.75 / 4, 12);
  expect(findHeatInBox(map, { left: 0, top: 0, width: 0.25, height: 1 })).toBeCloseTo(0.125, 12);
  expect(findHeatInBox({ ...map, values: [-1, 0, 0, -2] }, { left: 0, top: 0, width: 1, height: 1 })).toBeNull();
});

it('knows that a map may reach beyond its picture, or lie within it', () => {
  const margins = { ...map, area: { left: 0, top: -0.5, width: 1, height: 2 }, values: [1, 1, 1, 1] };
  expect(findHeatInBox(margins, { left: 0, top: 0, width: 1, height: 0.5 })).toBeCloseTo(0.25, 12);
  const within = { ...map, area: { left: 0.25, top: 0, width: 0.5, height: 1 }, values: [1, 0, 0, 0] };
  expect(findHeatInBox(within, { left: 0.25, top: 0, width: 0.25, height: 0.5 })).toBe(1);
});
