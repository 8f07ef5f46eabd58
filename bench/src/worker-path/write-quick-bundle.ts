import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { densenetSide } from '../densenet/make-densenet169.js';
import { describeDensenet } from '../densenet/write-densenet169.js';
import { makeQuickNet } from './make-quick-net.js';

/** Writes a bundle of a net of random weights that takes about 2 ms an image. */
export async function writeQuickBundle(bundleDirectory: string) {
  await mkdir(bundleDirectory, { recursive: true });
  const manifest = describeDensenet('a small net, random weights');
  await writeFile(join(bundleDirectory, manifest.model), makeQuickNet(170, densenetSide));
  return { bundleDirectory, manifest };
}
