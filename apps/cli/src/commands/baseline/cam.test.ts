import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { heatMapSchema } from '@holdout/contracts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../testing/make-folder.js';
import { runHoldout } from '../../testing/run-holdout.js';

const demo = (slug: string) => fileURLToPath(new URL(`../../../../../packages/baseline/demo/${slug}`, import.meta.url));
const sample = fileURLToPath(new URL('../../../sample/MURA-v1.1/valid', import.meta.url));
/** Metal on a forearm: all of it lies in the lower half. */
const picture = join(sample, 'XR_ELBOW/patient00010/study1_positive/image1.png');

describe.each(['onnx', 'tfjs'])('the demo bundle %s', (slug) => {
  it('looks at the metal, and its map is drawn over the picture', async () => {
    const out = join(await makeFolder(), 'cam.png');
    const { exitCode, stdout } = await runHoldout(['baseline', 'cam', demo(slug), picture, '-o', out]);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^The probability of abnormal is 0\.9\d\d\.$/m)]);
    expect(stdout).toContain('12 × 12 places, by class activation');
    const [drawn, plain] = await Promise.all(
      [out, picture].map((path) => sharp(path).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })),
    );
    expect([drawn?.info.width, drawn?.info.height]).toEqual([plain?.info.width, plain?.info.height]);
    const half = Math.floor((drawn?.data.length ?? 0) / 2);
    const change = (from: number, to: number) =>
      drawn?.data
        .subarray(from, to)
        .reduce((sum, value, place) => sum + Math.abs(value - (plain?.data[from + place] ?? 0)), 0) ?? 0;
    expect(change(half, 2 * half)).toBeGreaterThan(10 * change(0, half) + 1000);
  });
});

it('gives the same map from both engines, and by occlusion one of another kind', async () => {
  const folder = await makeFolder();
  const read = async (slug: string, ...more: string[]) => {
    const out = join(folder, `${slug}${more.length}.png`);
    const run = await runHoldout(['baseline', 'cam', demo(slug), picture, '-o', out, '--json', ...more]);
    const { out: written, ...map } = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(written).toBe(out);
    return heatMapSchema.parse(map);
  };
  const [onnx, tfjs, occluded] = [await read('onnx'), await read('tfjs'), await read('onnx', '--occlusion')];
  expect([onnx.method, tfjs.method, occluded.method]).toEqual(['cam', 'cam', 'occlusion']);
  for (const [place, value] of onnx.values.entries()) expect(tfjs.values[place]).toBeCloseTo(value, 3);
  expect(occluded.probability).toBeCloseTo(onnx.probability, 5);
  // Both agree on where it is hottest, to the next place but one.
  const hottest = ({ values, width }: typeof onnx) => {
    const place = values.indexOf(Math.max(...values));
    return [place % width, Math.floor(place / width)] as const;
  };
  const [[x, y], [left, top]] = [hottest(onnx), hottest(occluded)];
  expect(Math.max(Math.abs(x - left), Math.abs(y - top))).toBeLessThanOrEqual(2);
});

describe('what can’t be', () => {
  const fails = async (argv: string[], words: RegExp, code = 1) => {
    const { exitCode, stderr } = await runHoldout(['baseline', 'cam', ...argv]);
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(words)]);
  };

  it('is said: a program, no picture, a file that is there, a share that is none', async () => {
    const folder = await makeFolder();
    const out = join(folder, 'out.png');
    await fails([demo('command'), picture, '-o', out], /Of a program of a team there is no heat map/);
    await writeFile(join(folder, 'broken.png'), 'no picture');
    await fails([demo('onnx'), join(folder, 'broken.png'), '-o', out], /broken\.png is no picture that can be read/);
    await fails([demo('onnx'), join(folder, 'gone.png'), '-o', out], /gone\.png/);
    await fails([demo('onnx'), picture, '-o', out, '--opacity', '2'], /Expected a number from 0 to 1/, 2);
    await writeFile(out, 'precious');
    await fails([demo('onnx'), picture, '-o', out], /out\.png/);
    expect(await readFile(out, 'utf8')).toBe('precious');
  });
});
