import { copyFile, link, readdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { RunImage } from './start-model.js';

const atOnce = 32;

/**
 * Puts images into a folder that a sandbox shows, under names that tell nothing but their order. A file is not copied
 * where the disk can give it a second name; the sandbox can't write to it either way.
 *
 * @returns the names, in the order of the images
 */
export async function placeImages(images: readonly RunImage[], folder: string): Promise<string[]> {
  const names = images.map(({ path }, place) => `${String(place).padStart(6, '0')}${extname(path)}`);
  for (let first = 0; first < images.length; first += atOnce) {
    const some = images.slice(first, first + atOnce);
    await Promise.all(some.map(({ path }, place) => placeFile(path, join(folder, names[first + place] ?? ''))));
  }
  return names;
}

/** Gives a file a second name, or copies it to another disk or where the first is not ours. */
export async function placeFile(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}

export async function clearImages(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (let first = 0; first < names.length; first += atOnce) {
    await Promise.all(names.slice(first, first + atOnce).map((name) => rm(join(folder, name), { force: true })));
  }
}
