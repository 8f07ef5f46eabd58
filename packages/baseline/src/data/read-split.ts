import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { planImport } from '@holdout/testset';
import { BaselineError } from '../baseline-error.js';

export type SplitName = 'train' | 'valid';

/** One image of a labelled study. */
export interface LabelledImage {
  /** Where it lies on this machine. */
  readonly path: string;
  /** `XR_WRIST/patient00001/study1` */
  readonly study: string;
  readonly studyType: string;
  readonly label: 0 | 1;
}

/**
 * Reads one split of a folder in MURA's layout: `train_image_paths.csv`, with a path a line, and
 * `train_labeled_studies.csv`. The paths begin with `MURA-v1.1/`; the folder is that one, as Stanford's archive has the
 * tables in it, or the one above.
 *
 * @throws BaselineError where a table is missing, an image is not there, or the two contradict each other
 */
export async function readSplit(directory: string, split: SplitName): Promise<LabelledImage[]> {
  const [imageTable, labelTable] = [`${split}_image_paths.csv`, `${split}_labeled_studies.csv`];
  const listed = (await readTable(directory, imageTable)).split(/\r?\n/).map((line) => line.trim());
  const paths = listed.filter((path) => path !== '' && !isLeftByDesktop(path));
  const tables = [{ path: labelTable, text: await readTable(directory, labelTable) }];
  const { studies, problems } = planImport({ paths, tables, labelsFile: labelTable });
  const unlabelled = studies.filter(({ label }) => label === null).map(({ study }) => `${study} has no label.`);
  const wrong = [...problems.map(({ message }) => message), ...unlabelled];
  if (wrong.length > 0) throw unusable(directory, split, wrong);

  const root = await findRoot(directory, paths[0] ?? '');
  const images = studies.flatMap(({ study, studyType, images, label }) =>
    images.map((path): LabelledImage => ({ path: join(root, path), study, studyType, label: label ?? 0 })),
  );
  const missing = await findMissing(images);
  if (missing.length > 0)
    throw unusable(
      directory,
      split,
      missing.map((path) => `${path} is not there.`),
    );
  return images;
}

async function readTable(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const next = 'Give --data the folder of MURA-v1.1: with train/, valid/ and their four tables.';
    throw new BaselineError(`${path} can’t be read.`, next, { cause });
  }
}

/** Tables of the archive lie in `MURA-v1.1`, and their paths begin with it. */
async function findRoot(directory: string, first: string): Promise<string> {
  const inside = resolve(directory);
  if (first.startsWith(`${basename(inside)}/`) && !(await isThere(join(inside, first)))) return dirname(inside);
  return inside;
}

/** Archives made on a Mac carry them. */
function isLeftByDesktop(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('._') || part === '.DS_Store');
}

async function findMissing(images: readonly LabelledImage[]): Promise<string[]> {
  const missing: string[] = [];
  for (let start = 0; start < images.length; start += 256) {
    const some = images.slice(start, start + 256);
    const there = await Promise.all(some.map(({ path }) => isThere(path)));
    missing.push(...some.filter((_, place) => !there[place]).map(({ path }) => path));
  }
  return missing;
}

function isThere(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function unusable(directory: string, split: SplitName, problems: string[]): BaselineError {
  const title = `The ${split} studies in ${directory} can’t be used: ${problems.length} problems.`;
  return new BaselineError(title, 'Correct the tables, or copy the missing images, then type it again.', { problems });
}
