import { join } from 'node:path';
import sharp from 'sharp';
import type { RunImage } from '../images/run-image.js';

/** Writes a picture of 300×200 that is noise, of another brightness for each seed. */
export async function drawNoise(folder: string, seed: number): Promise<RunImage> {
  const path = join(folder, `picture${seed}.png`);
  const noise = { type: 'gaussian', mean: 60 * seed, sigma: 30 } as const;
  await sharp({ create: { width: 300, height: 200, channels: 3, background: 'black', noise } })
    .png()
    .toFile(path);
  return { path };
}
