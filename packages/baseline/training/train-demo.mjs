// Trains the small DenseNet of the demo on synthetic studies, with the command that everybody has, and writes its bundle
// and its curves. docs/baseline.md says how long it takes. Killed, it goes on when it is called again.
//
//   npm run train-demo [-- DIRECTORY]      (default: .holdout/train-demo; about 450 MB)

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoSets, generateStudies, planStudies, writeMuraFolder } from '@holdout/testset';
import { drawCurves } from './draw-curves.mjs';
import { isCompared, isLearned, lessons } from './lessons.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const directory = resolve(process.argv[2] ?? join(root, '.holdout/train-demo'));
const bundle = fileURLToPath(new URL('../demo/densenet', import.meta.url));

const data = join(directory, 'data');
await makeWhole(data, drawStudies);
let weights = [];
for (const [place, lesson] of lessons.entries()) {
  const isLast = place === lessons.length - 1;
  const own = join(directory, `lesson-${place + 1}`);
  const out = isLast ? bundle : join(own, 'bundle');
  await makeWhole(own, (folder) => layOutLesson(folder, lesson));
  process.stderr.write(`Lesson ${place + 1} of ${lessons.length}, at ${lesson.imageSize}×${lesson.imageSize}\n`);
  const places = ['--data', own, '--training', trainingOf(place), '--out', out, '--force'];
  const settings = ['--network', 'small', '--image-size', `${lesson.imageSize}`, '--epochs', `${lesson.epochs}`];
  settings.push('--learning-rate', lesson.learningRate, '--patience', `${lesson.patience}`, '--members', '1');
  await holdout(['baseline', 'train', ...places, ...settings, ...weights, '--name', 'Small DenseNet']);
  weights = ['--weights', join(out, 'model.json')];
}
await describe();
const history = fileURLToPath(new URL('history.csv', import.meta.url));
await writeFile(history, await joinHistories());
await drawCurves(history, join(root, 'docs/baseline-curves.svg'));

function trainingOf(place) {
  return join(directory, `lesson-${place + 1}.training`);
}

/** Whole or not at all: what is there is not made again. */
async function makeWhole(target, make) {
  if (existsSync(target)) return;
  const partial = `${target}.partial`;
  await mkdir(partial, { recursive: true });
  await make(partial);
  await rename(partial, target);
}

async function drawStudies(folder) {
  const isInSome = (plan) => lessons.some((lesson) => isLearned(lesson, plan));
  for (const [split, set, isWanted] of [
    ['train', demoSets.training, isInSome],
    ['valid', demoSets.validation, () => true],
  ]) {
    process.stderr.write(`Drawing the ${split} studies …\n`);
    const studies = generateStudies(set, isWanted);
    await writeMuraFolder({ directory: folder, split, studies, labelOf: ({ truth }) => truth });
  }
}

/** The same pictures, with tables that name those of the lesson. */
async function layOutLesson(folder, lesson) {
  await symlink(join(data, 'MURA-v1.1'), join(folder, 'MURA-v1.1'));
  for (const [split, set, isWanted] of [
    ['train', demoSets.training, (plan) => isLearned(lesson, plan)],
    ['valid', demoSets.validation, isCompared],
  ]) {
    const wanted = planStudies(set).filter(isWanted);
    const folders = new Set(wanted.map(({ study, truth }) => `${study}_${truth === 1 ? 'positive' : 'negative'}`));
    for (const table of [`${split}_image_paths.csv`, `${split}_labeled_studies.csv`]) {
      const lines = (await readFile(join(data, table), 'utf8')).trim().split('\n');
      // MURA-v1.1/train/XR_WRIST/patient00001/study1_positive/…
      const own = lines.filter((line) => folders.has(line.split('/').slice(2, 5).join('/')));
      await writeFile(join(folder, table), own.map((line) => `${line}\n`).join(''));
    }
  }
}

/** Who reads the board learns what it is. */
async function describe() {
  const path = join(bundle, 'holdout.json');
  const { name, description: _, ...manifest } = JSON.parse(await readFile(path, 'utf8'));
  const description = 'A DenseNet of 17 layers that holdout baseline trained on synthetic studies, in minutes.';
  await writeFile(path, `${JSON.stringify({ name, description, ...manifest }, null, 2)}\n`);
}

/** One table of all epochs, with the lesson before each. */
async function joinHistories() {
  const tables = await Promise.all(lessons.map((_, place) => readFile(join(trainingOf(place), 'history.csv'), 'utf8')));
  const rows = tables.map((table) => table.trim().split('\n'));
  const lines = rows.flatMap(([, ...epochs], place) => epochs.map((line) => `${place + 1},${line}`));
  return [`lesson,${rows[0][0]}`, ...lines, ''].join('\n');
}

function holdout(argv) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'apps/cli/bin/holdout.js'), ...argv], { stdio: 'inherit' });
    child.once('error', fail);
    child.once('exit', (code) => {
      if (code === 0) return done();
      process.exitCode = code ?? 1;
      fail(new Error(`The training ended with ${code}.`));
    });
  });
}
