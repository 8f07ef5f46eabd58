import { expect, it } from 'vitest';
import type { BoardRow } from '../../boards/board-row.js';
import { makeScale, toPercent } from './plot-scale.js';

function row(kappa: number | null, bounds: [number, number] | null, more: Partial<BoardRow> = {}): BoardRow {
  const kappaInterval = bounds && { lower: bounds[0], upper: bounds[1] };
  return { kind: 'team', kappa: { value: kappa }, kappaInterval, ...more } as BoardRow;
}

it('has room for every interval and for what has none, in tenths', () => {
  const scale = makeScale([row(0.82, [0.74, 0.93]), undefined, row(0.138, [-0.04, 0.3]), row(null, null)], []);
  expect([scale.lower, scale.upper]).toEqual([-0.1, 1]);
  expect(scale.ticks).toEqual([0, 0.5, 1]);
  expect(toPercent(scale, -0.1)).toBe(0);
  expect(toPercent(scale, 0.45)).toBeCloseTo(50);
  expect(toPercent(scale, -0.5)).toBe(0);
});

it('is never so narrow that a small difference looks like a large one', () => {
  const scale = makeScale([row(0.81, [0.8, 0.82])], []);
  expect(scale.upper - scale.lower).toBeCloseTo(0.4);
  expect(makeScale([], []).upper).toBeGreaterThan(makeScale([], []).lower);
});

it('knows the readers, which is the best, and has room for them though their rows were not read', () => {
  const rates = { sensitivity: { value: 0.8 }, specificity: { value: 0.6 } };
  const bounds = { lower: 0.22, upper: 0.5 };
  const reader = { name: 'Reader 5', best: true, kappa: { value: 0.35 }, kappaInterval: bounds, ...rates };
  const undefinedKappa = { value: null, reason: 'One class.' };
  const without = { name: 'Reader 6', best: false, kappa: undefinedKappa, kappaInterval: null, ...rates };
  const scale = makeScale([row(0.8, [0.7, 0.9])], [reader, without]);
  expect(scale.readers).toEqual([{ name: 'Reader 5', kappa: 0.35, isBest: true }]);
  expect(scale.lower).toBe(0.2);
});
