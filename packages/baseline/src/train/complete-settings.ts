import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BaselineError } from '../baseline-error.js';
import type { LabelledImage } from '../data/read-split.js';
import type { Settings } from './training-state.js';

interface Sources {
  readonly images: readonly LabelledImage[];
  readonly judgedImages: readonly LabelledImage[];
  readonly weightsFile: string | undefined;
}

/**
 * Adds to the settings what is learned from: a training goes on only with the same images, labels and first weights.
 *
 * @throws BaselineError where nothing can be learned from the images, or they share patients
 */
export async function completeSettings(
  settings: Omit<Settings, 'dataDigest' | 'weightsDigest'>,
  { images, judgedImages, weightsFile }: Sources,
): Promise<Settings> {
  demandBothLabels(images);
  demandOwnPatients(images, judgedImages);
  const dataDigest = await digestImages([...images, ...judgedImages]);
  const weightsDigest = weightsFile === undefined ? null : hash(await readFile(weightsFile));
  return { ...settings, dataDigest, weightsDigest };
}

function demandBothLabels(images: readonly LabelledImage[]): void {
  const labels = new Set(images.map(({ label }) => label));
  if (labels.size === 2) return;
  const found = labels.has(1) ? 'abnormal' : labels.has(0) ? 'normal' : 'neither normal nor abnormal';
  throw new BaselineError(
    `The images to learn from are ${found}.`,
    'Normal and abnormal ones are needed: add the others.',
  );
}

/** A network that has seen a patient knows more of that one than of strangers. */
function demandOwnPatients(images: readonly LabelledImage[], judged: readonly LabelledImage[]): void {
  const patientOf = ({ study }: LabelledImage) => study.split('/')[1] ?? '';
  const learned = new Set(images.map(patientOf));
  const shared = judged.map(patientOf).find((patient) => learned.has(patient));
  if (shared === undefined) return;
  const next = 'Take each patient out of train or out of valid.';
  throw new BaselineError(`The patient ${shared} is in train and in valid.`, next);
}

/** Of their contents, studies, names and labels; not of the path: a folder may be moved. */
async function digestImages(images: readonly LabelledImage[]): Promise<string> {
  const digest = createHash('sha256');
  for (let start = 0; start < images.length; start += filesAtOnce) {
    const some = images.slice(start, start + filesAtOnce);
    const contents = await Promise.all(some.map(async ({ path }) => hash(await readFile(path))));
    for (const [place, { study, path, label }] of some.entries()) {
      digest.update(`${study} ${path.split('/').at(-1)} ${label} ${contents[place]}\n`);
    }
  }
  return digest.digest('hex');
}

/** A radiograph's file is a few hundred kilobytes. */
const filesAtOnce = 64;

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
