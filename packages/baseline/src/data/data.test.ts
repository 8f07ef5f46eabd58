import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateStudies, uniformComposition, writeMuraFolder } from '@holdout/testset';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../testing/make-folder.js';
import { drawAugmentation, writeImage } from './augment.js';
import { drawOrder } from './batches.js';
import { computeClassWeights, weighImages } from './class-weights.js';
import { type LabelledImage, readSplit } from './read-split.js';

describe('augmentation', () => {
  const input = { inputSize: 5, channels: 1, mean: [0], std: [1 / 255] } as const;
  // Every place its own value.
  const pixels = Uint8Array.from({ length: 25 }, (_, place) => place + 1);
  const show = (mirrored: boolean, degrees: number) => {
    const into = new Float32Array(26);
    writeImage(pixels, input, { mirrored, degrees }, into, 1);
    return Array.from({ length: 5 }, (_, row) =>
      [...into.subarray(1 + 5 * row, 6 + 5 * row)].map((v) => Math.round(v)),
    );
  };
  const rows = [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10],
    [11, 12, 13, 14, 15],
    [16, 17, 18, 19, 20],
    [21, 22, 23, 24, 25],
  ];

  it('leaves an image as it is where nothing is drawn', () => {
    expect(show(false, 0)).toEqual(rows);
  });

  it('mirrors left and right', () => {
    expect(show(true, 0)).toEqual(rows.map((row) => [...row].reverse()));
  });

  it('turns about the middle, and what comes in is black', () => {
    // A quarter turn brings each row into a column.
    expect(show(false, 90)).toEqual(
      rows
        .map((_, at) => rows.map((row) => row[4 - at] ?? 0))
        .map((row) => row.reverse())
        .reverse(),
    );
    const white = new Float32Array(81);
    writeImage(new Uint8Array(81).fill(255), { ...input, inputSize: 9 }, { mirrored: false, degrees: 45 }, white, 0);
    expect([white[0], white[8], white[72], white[80]]).toEqual([0, 0, 0, 0]);
    expect(white[40]).toBeCloseTo(255, 3);
  });

  it('makes values by each channel’s own mean and deviation', () => {
    const colour = { inputSize: 1, channels: 3, mean: [0.5, 0, 0.25], std: [0.5, 1, 0.25] } as const;
    const into = new Float32Array(3);
    writeImage(Uint8Array.from([255, 51, 0]), colour, { mirrored: false, degrees: 0 }, into, 0);
    expect([...into].map((value) => Number(value.toFixed(6)))).toEqual([1, 0.2, -1]);
  });

  it('draws the same for the same image of the same epoch, and up to 30°', () => {
    expect(drawAugmentation('s', 1, 7)).toEqual(drawAugmentation('s', 1, 7));
    expect(drawAugmentation('s', 2, 7)).not.toEqual(drawAugmentation('s', 1, 7));
    const drawn = Array.from({ length: 400 }, (_, image) => drawAugmentation('s', 1, image));
    const degrees = drawn.map((each) => each.degrees);
    expect(Math.min(...degrees)).toBeGreaterThanOrEqual(-30);
    expect(Math.min(...degrees)).toBeLessThan(-25);
    expect(Math.max(...degrees)).toBeLessThanOrEqual(30);
    expect(Math.max(...degrees)).toBeGreaterThan(25);
    const mirrored = drawn.filter((each) => each.mirrored).length;
    expect(mirrored).toBeGreaterThan(150);
    expect(mirrored).toBeLessThan(250);
  });
});

it('shows every image once an epoch, in another order each time', () => {
  const [first, second] = [drawOrder('s', 1, 100), drawOrder('s', 2, 100)];
  expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, place) => place));
  expect(second).not.toEqual(first);
  expect(drawOrder('s', 1, 100)).toEqual(first);
});

it('weighs errors of each type as the paper does', () => {
  const make = (studyType: string, label: 0 | 1, count: number) =>
    Array.from({ length: count }, (): LabelledImage => ({ path: '', study: '', studyType, label }));
  const images = [...make('wrist', 0, 3), ...make('wrist', 1, 1), ...make('hand', 0, 1), ...make('hand', 1, 1)];
  const weights = computeClassWeights(images);
  expect(weights.get('wrist')).toEqual({ normal: 0.25, abnormal: 0.75 });
  expect(weights.get('hand')).toEqual({ normal: 0.5, abnormal: 0.5 });
  expect(weighImages([...make('wrist', 1, 1), ...make('elbow', 0, 1)], weights)).toEqual([0.75, 0.5]);
});

describe('a folder in MURA’s layout', () => {
  let folder = '';
  let remove = async () => {};
  beforeAll(async () => {
    ({ folder, remove } = await makeFolder());
    const composition = uniformComposition({ studies: 2, abnormal: 1, images: 3 });
    const studies = generateStudies({ seed: 'layout', composition });
    await writeMuraFolder({ directory: folder, split: 'train', studies, labelOf: ({ truth }) => truth });
  });
  afterAll(() => remove());

  it('gives each image its label and type, wherever its tables lie', async () => {
    const images = await readSplit(folder, 'train');
    expect(images).toHaveLength(21);
    expect(images.filter(({ label }) => label === 1).length).toBeGreaterThan(6);
    for (const { path, study, studyType, label } of images) {
      expect(path).toContain(`${study}_${label === 1 ? 'positive' : 'negative'}`);
      expect(study).toContain(`XR_${studyType.toUpperCase()}`);
    }
    // Stanford's archive has them inside.
    const inside = join(folder, 'MURA-v1.1');
    for (const name of ['train_image_paths.csv', 'train_labeled_studies.csv']) {
      await rename(join(folder, name), join(inside, name));
    }
    expect(await readSplit(inside, 'train')).toEqual(images);
    expect(await readSplit(`${inside}/`, 'train')).toEqual(images);
  });

  it('says which table is missing', async () => {
    await expect(readSplit(join(folder, 'MURA-v1.1'), 'valid')).rejects.toThrow('valid_image_paths.csv can’t be read');
    const empty = join(folder, 'empty');
    await mkdir(empty);
    for (const name of ['train_image_paths.csv', 'train_labeled_studies.csv']) await writeFile(join(empty, name), '');
    await expect(readSplit(empty, 'train')).rejects.toMatchObject({
      problems: [expect.stringContaining('no image'), expect.stringContaining('no such table')],
    });
  });
});
