import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPath, type RunImage } from '../images/run-image.js';
import { placeFile } from '../place-file.js';
import { type Mount, workFolder } from '../sandbox/sandbox.js';
import { bundleFolder, imagesFile } from './wrap-command.js';

export interface RunStudy {
  /** Its path, as the program sees it: `MURA-v1.1/test/XR_WRIST/patient11185/study1`. */
  readonly study: string;
  readonly images: readonly (RunImage & { readonly fileName: string })[];
}

const atOnce = 32;

/**
 * What the working directory of MURA's contract is made of, read-only: the images' tree, the list of images, and the
 * bundle's files where `wrapCommand` takes them from.
 *
 * @param folder - an empty one for the tree of images
 */
export async function layOutWork(
  bundleDirectory: string,
  studies: readonly RunStudy[],
  folder: string,
): Promise<Mount[]> {
  const tree = join(folder, 'tree');
  await mkdir(tree);
  const images = studies.flatMap(({ study, images: own }) =>
    own.map((image) => ({ image, name: `${study}/${image.fileName}` })),
  );
  for (const { study } of studies) await mkdir(join(tree, study), { recursive: true });
  for (let first = 0; first < images.length; first += atOnce) {
    const some = images.slice(first, first + atOnce);
    await Promise.all(some.map(async ({ image, name }) => placeFile(await findPath(image), join(tree, name))));
  }
  const list = join(folder, imagesFile);
  await writeFile(list, images.map(({ name }) => `${quoteField(name)}\n`).join(''));
  const data = (await readdir(tree)).map((name) => mountAtWork(join(tree, name), name));
  return [{ source: bundleDirectory, target: bundleFolder }, ...data, mountAtWork(list, imagesFile)];
}

function mountAtWork(source: string, name: string): Mount {
  return { source, target: `${workFolder}/${name}` };
}

function quoteField(name: string): string {
  return /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
