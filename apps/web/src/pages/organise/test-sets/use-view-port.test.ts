import { expect, it } from 'vitest';
import { fitted, zoomAt } from './use-view-port.js';

it('keeps the point under the pointer where it is', () => {
  const point = { x: 40, y: -20 };
  const view = zoomAt({ zoom: 2, x: 10, y: 5 }, 1.5, point);
  const under = (each: typeof view) => [(point.x - each.x) / each.zoom, (point.y - each.y) / each.zoom];
  expect(view.zoom).toBe(3);
  expect(under(view)).toEqual(under({ zoom: 2, x: 10, y: 5 }));
});

it('never is smaller than the frame, nor larger than can be seen', () => {
  expect(zoomAt({ zoom: 1.2, x: 9, y: 9 }, 0.1)).toEqual(fitted);
  expect(zoomAt(fitted, 1000).zoom).toBe(16);
});
