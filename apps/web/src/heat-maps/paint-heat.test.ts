import type { HeatMap } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { colourOf, paintHeat } from './paint-heat.js';

const map: HeatMap = {
  ...{ method: 'cam', probability: 0.5, width: 2, height: 1, values: [-1, 4] },
  area: { left: 0, top: 0, width: 1, height: 1 },
};

function paint(of: Partial<HeatMap>, width: number, height: number) {
  const painted = paintHeat({ ...map, ...of }, { width, height });
  return (x: number, y: number) => [...painted.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

const hottest = [252, 255, 164, 255];
const nothing = [0, 0, 0, 0];

it('leaves what is cold, mixes what lies between, and has the last colour where it is hottest', () => {
  const at = paint({}, 8, 2);
  expect(at(0, 0).at(-1)).toBe(0);
  expect(at(7, 1)).toEqual(hottest);
  // From −1 to 4 over four pixels: 0.875 of the way to the right is three quarters and an eighth.
  expect(at(5, 0)).toEqual([...colourOf((-1 + 5 * 0.875) / 4)]);
  const lightness = [2, 3, 4, 5, 6].map((x) => at(x, 0).reduce((sum, value) => sum + value, 0));
  expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
});

it('mixes across and down, and covers the picture the more the hotter it is', () => {
  // 1 more a column, 2 more a row: between four places, too.
  const at = paint({ width: 2, height: 3, values: [1, 2, 3, 4, 5, 6] }, 8, 12);
  expect(at(3, 5)).toEqual([...colourOf((1 + 0.375 + 2 * 0.875) / 6)]);
  expect(at(5, 8)).toEqual([...colourOf((1 + 0.875 + 2 * 1.625) / 6)]);
  expect([0, 0.25, 0.5, 1].map((share) => colourOf(share)[3])).toEqual([0, 128, 255, 255]);
});

it('paints nothing where there is no heat at all', () => {
  expect(paint({ values: [-1, 0] }, 4, 4)(3, 3)).toEqual(nothing);
});

it('lies where the model was shown the picture', () => {
  const hot = { width: 1, height: 1, values: [2] };
  const within = paint({ ...hot, area: { left: 0.25, top: 0, width: 0.5, height: 1 } }, 8, 1);
  expect([1, 2, 5, 6].map((x) => within(x, 0))).toEqual([nothing, hottest, hottest, nothing]);
  const beyond = paint(
    { width: 1, height: 4, values: [3, 0, 0, 3], area: { left: 0, top: -0.5, width: 1, height: 2 } },
    1,
    8,
  );
  expect(beyond(0, 3).at(-1)).toBe(0);
});
