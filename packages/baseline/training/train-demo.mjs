// Trains the small DenseNet of the demo on synthetic studies, with the command that everybody has, and writes its bundle
// and its curves. docs/baseline.md says how long it takes. Killed, it goes on when it is called again.
//
//   npm run train-demo [-- DIRECTORY]      (default: .holdout/train-demo; about 100 MB)

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoSets, generateStudies, writeMuraFolder } from '@holdout/testset';
import { drawCurves } from './draw-curves.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const directory = process.argv[2] ?? join(root, '.holdout/train-demo');

/**
 * Found by trying, as what fifteen minutes on one core are enough for: two study types, in whose large bones lesions are seen
 * at 96×96, and to learn from, those that are not too hard. It is judged on the hard ones too.
 */
const studyTypes = ['forearm', 'humerus'];
const hardest = 0.5;
const settings = ['--network', 'small', '--image-size', '96', '--epochs', '21', '--learning-rate', '1e-3'];
// Nothing is seen of learning for a thousand steps, which must not be taken for a plateau.
settings.push('--patience', '12', '--members', '1');
const bundle = fileURLToPath(new URL('../demo/densenet', import.meta.url));
const training = join(directory, 'training');

const data = await drawData(join(directory, 'data'));
const command = join(root, 'apps/cli/bin/holdout.js');
const name = ['--name', 'Small DenseNet'];
const places = ['--data', data, '--training', training, '--out', bundle];
await run(process.execPath, [command, 'baseline', 'train', ...places, ...settings, ...name, '--force']);
await describe();
await copyFile(join(training, 'history.csv'), new URL('history.csv', import.meta.url));
await drawCurves(new URL('history.csv', import.meta.url), join(root, 'docs/baseline-curves.svg'));

/** Whole or not at all: what is there is not drawn again. */
async function drawData(target) {
  if (existsSync(target)) return target;
  const partial = `${target}.partial`;
  await mkdir(partial, { recursive: true });
  for (const [split, set, most] of [
    ['train', demoSets.training, hardest],
    ['valid', demoSets.validation, 1],
  ]) {
    process.stderr.write(`Drawing the ${split} studies …\n`);
    const isWanted = ({ studyType, difficulty }) => studyTypes.includes(studyType) && difficulty <= most;
    const studies = generateStudies(set, isWanted);
    await writeMuraFolder({ directory: partial, split, studies, labelOf: ({ truth }) => truth });
  }
  await rename(partial, target);
  return target;
}

/** Who reads the board learns what it is. */
async function describe() {
  const path = join(bundle, 'holdout.json');
  const { name, description: _, ...manifest } = JSON.parse(await readFile(path, 'utf8'));
  const description = 'A DenseNet of 17 layers that holdout baseline trained on synthetic forearms and humeri alone.';
  await writeFile(path, `${JSON.stringify({ name, description, ...manifest }, null, 2)}\n`);
}

function run(program, argv) {
  return new Promise((done, fail) => {
    const child = spawn(program, argv, { stdio: 'inherit' });
    child.once('error', fail);
    child.once('exit', (code) => {
      if (code === 0) return done();
      process.exitCode = code ?? 1;
      fail(new Error(`The training ended with ${code}.`));
    });
  });
}
