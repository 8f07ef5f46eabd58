import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChanges, changesOf, fuzzParameters, fuzzTimeoutMilliseconds, useTarget } from '@holdout/fuzzing';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { makeImages, mendPng, readSampleImages } from '../testing/fuzz/make-images.js';

const directory = mkdtempSync(join(tmpdir(), 'holdout-fuzz-images-'));
process.env.HOLDOUT_FUZZ_DIRECTORY = directory;
const target = useTarget(new URL('../../dist/testing/fuzz/decode-image.js', import.meta.url), {
  // The largest that is let in is 64 million pixels of four channels of 16 bits.
  mostGrowthMebibytes: 1024,
});
afterAll(() => rm(directory, { recursive: true }));

const images = [...(await makeImages()), ...(await readSampleImages())];
const runs = 200;
const timeout = fuzzTimeoutMilliseconds(runs);

async function expectAnswer(bytes: Uint8Array): Promise<void> {
  expect(await target.give(bytes)).toMatch(/^(accepted|test_set_invalid)$/);
}

it('lets PNGs in, and nothing else', { timeout }, async () => {
  for (const { name, bytes } of images) {
    expect(await target.give(bytes), name).toBe(name.startsWith('png') ? 'accepted' : 'test_set_invalid');
  }
});

it('refuses an image that is cut off before its last pixels', { timeout }, async () => {
  for (const { bytes } of images) {
    for (const share of [0, 0.01, 0.1, 0.5, 0.8]) {
      expect(await target.give(bytes.subarray(0, bytes.length * share))).toBe('test_set_invalid');
    }
  }
});

it('answers any damage, and can prepare for a model all that is let in', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(changesOf(images), fc.boolean(), async (drawn, isMended) => {
      const bytes = Buffer.from(applyChanges(images, drawn));
      await expectAnswer(isMended ? mendPng(bytes) : bytes);
    }),
    fuzzParameters(runs),
  );
});

it('refuses sizes that are declared too large, before there is memory for them', { timeout }, async () => {
  const sound = images[0]?.bytes ?? Buffer.alloc(0);
  for (const [width, height] of [
    [0, 1],
    [1, 0],
    [100_000, 100_000],
    [0x7fffffff, 1],
    [1, 0x7fffffff],
    [0xffffffff, 0xffffffff],
  ] as const) {
    const bytes = Buffer.from(sound);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    expect(await target.give(mendPng(bytes)), `${width}×${height}`).toBe('test_set_invalid');
  }
  const create = { width: 9000, height: 8000, channels: 3, background: 'black' } as const;
  expect(await target.give(await sharp({ create }).png().toBuffer())).toBe('test_set_invalid');
});
