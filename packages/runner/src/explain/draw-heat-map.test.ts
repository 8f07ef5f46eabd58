import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeatMap } from '@holdout/contracts';
import { interpolateInferno } from 'd3-scale-chromatic';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePng } from '../testing/write-models.js';
import { drawHeatMap } from './draw-heat-map.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-draw-'));
  ({ path } = await writePng(folder, 'grey.png', [100], { width: 40, height: 20 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const map: HeatMap = {
  method: 'cam',
  probability: 0.5,
  width: 2,
  height: 1,
  values: [-3, 4],
  area: { left: 0, top: 0, width: 1, height: 1 },
};

async function draw(of: Partial<HeatMap>, opacity = 1): Promise<(x: number, y: number) => number[]> {
  const png = await drawHeatMap(path, { ...map, ...of }, { opacity });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([40, 20, 3]);
  return (x, y) => [...data.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
}

const grey = [100, 100, 100];
const hottest = [252, 255, 164];

it('leaves what is cold, and has the last colour where it is hottest, at the picture’s own size', async () => {
  const at = await draw({});
  expect(at(0, 10)).toEqual(grey);
  expect(at(39, 10)).toEqual(hottest);
});

it('mixes what lies between, and covers the picture the more the hotter it is', async () => {
  const at = await draw({ values: [0, 1] });
  // The places' middles lie at 10 and at 30 pixels; from half of the most heat on nothing of the picture is seen.
  for (const x of [12, 15, 18, 22, 27]) {
    // To half a pixel, by which sharp places them further.
    const share = (x - 10) / 20;
    const hexadecimal = interpolateInferno(share);
    const covering = Math.min(1, 2 * share);
    for (const [channel, value] of at(x, 10).entries()) {
      const colour = Number.parseInt(hexadecimal.slice(1 + 2 * channel, 3 + 2 * channel), 16);
      expect(Math.abs(value - (colour * covering + 100 * (1 - covering)))).toBeLessThan(5);
    }
  }
});

it('ends its scale at the hottest place, however much speaks against elsewhere', async () => {
  expect((await draw({ values: [-9, 1] }))(39, 10)).toEqual(hottest);
});

it('is as opaque as it was asked to be', async () => {
  const at = await draw({}, 0.5);
  const [red = 0, green = 0] = at(39, 0);
  expect(red).toBeGreaterThan(170);
  expect(red).toBeLessThan(182);
  expect(green).toBeLessThan(red + 4);
  expect((await draw({}, 0))(39, 0)).toEqual(grey);
});

it('draws nothing where there is no heat at all', async () => {
  expect((await draw({ values: [-3, 0] }))(39, 10)).toEqual(grey);
});

it('lies where the model was shown it: within the picture, and beyond it', async () => {
  const hot = { width: 1, height: 1, values: [1] };
  const within = await draw({ ...hot, area: { left: 0.25, top: 0, width: 0.5, height: 1 } });
  expect([within(9, 10), within(10, 10), within(29, 10), within(30, 10)]).toEqual([grey, hottest, hottest, grey]);
  const beyond = await draw({
    width: 1,
    height: 4,
    values: [1, 0, 0, 1],
    area: { left: 0, top: -0.5, width: 1, height: 2 },
  });
  expect(beyond(20, 9)).toEqual(grey);
});
