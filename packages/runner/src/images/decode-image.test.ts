import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedModelManifest } from '@holdout/contracts';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeImage } from './decode-image.js';
import { normalisePixels } from './normalise-pixels.js';

type Input = ResolvedModelManifest['input'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-prepare-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function input(fields: Partial<Input> = {}): Input {
  return {
    name: 'x',
    width: 4,
    height: 4,
    channels: 1,
    layout: 'nchw',
    resize: 'stretch',
    scale: 1,
    mean: [0],
    std: [1],
    fixedBatchSize: null,
    ...fields,
  };
}

async function prepare(path: string, fields: Partial<Input> = {}): Promise<number[]> {
  const chosen = input(fields);
  const into = new Float32Array(chosen.width * chosen.height * chosen.channels + 1).fill(-9);
  normalisePixels(await decodeImage(path, chosen), chosen, into, 1);
  expect(into[0]).toBe(-9);
  return Array.from(into.subarray(1));
}

/** A wide picture: white with a black frame to the left and right. */
async function writeWide(): Promise<string> {
  const pixels = Buffer.alloc(16 * 4, 255);
  const path = join(folder, 'wide.png');
  await sharp(pixels, { raw: { width: 16, height: 4, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path);
  return path;
}

it('stretches, contains with black margins, and covers', async () => {
  const path = await writeWide();
  expect(await prepare(path)).toEqual(Array(16).fill(255));
  const contained = await prepare(path, { resize: 'contain' });
  expect(contained.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(contained.slice(12)).toEqual([0, 0, 0, 0]);
  expect(Math.max(...contained)).toBe(255);
  expect(await prepare(path, { resize: 'cover' })).toEqual(Array(16).fill(255));
});

it('lays colours out as planes or side by side', async () => {
  const path = join(folder, 'colour.png');
  const pixels = Buffer.from(Array.from({ length: 16 }, () => [10, 20, 30]).flat());
  await sharp(pixels, { raw: { width: 4, height: 4, channels: 3 } })
    .png()
    .toFile(path);
  const three = { channels: 3 as const, mean: [0, 0, 0], std: [1, 1, 1] };
  const planes = await prepare(path, three);
  expect([planes[0], planes[16], planes[32]]).toEqual([10, 20, 30]);
  const sideBySide = await prepare(path, { ...three, layout: 'nhwc' });
  expect(sideBySide.slice(0, 6)).toEqual([10, 20, 30, 10, 20, 30]);
  const grey = await prepare(path);
  expect(grey[0]).toBeGreaterThan(15);
  expect(grey[0]).toBeLessThan(25);
});

it('makes three equal channels of a grey picture, and black of what is transparent', async () => {
  const wide = await prepare(await writeWide(), { channels: 3, mean: [0, 0, 0], std: [1, 1, 1], layout: 'nhwc' });
  expect(wide.slice(0, 3)).toEqual([255, 255, 255]);
  const path = join(folder, 'clear.png');
  await sharp(Buffer.alloc(16 * 4, 0), { raw: { width: 4, height: 4, channels: 4 } })
    .png()
    .toFile(path);
  expect(await prepare(path)).toEqual(Array(16).fill(0));
});

it('makes 8 bits of 16', async () => {
  const path = join(folder, 'deep.png');
  const pixels = Uint16Array.from({ length: 16 }, () => 0x8000);
  await sharp(pixels, { raw: { width: 4, height: 4, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(path);
  const [first = 0] = await prepare(path);
  expect(first).toBeGreaterThan(126);
  expect(first).toBeLessThan(130);
});

it('normalises each channel by ((pixel · scale) − mean) / std', async () => {
  const [first] = await prepare(await writeWide(), { scale: 1 / 255, mean: [0.25], std: [0.5] });
  expect(first).toBeCloseTo((1 - 0.25) / 0.5, 6);
});
