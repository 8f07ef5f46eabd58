import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateStudies, uniformComposition, writeMuraFolder } from '@holdout/testset';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildDenseNet } from '../densenet/build-densenet.js';
import { networks } from '../densenet/networks.js';
import { startBackend } from '../gradients/start-backend.js';
import { makeFolder } from '../testing/make-folder.js';
import { shakeWeights } from '../testing/shake-weights.js';
import { convertToGraph, writeTfjsWeights } from '../testing/write-tfjs-weights.js';
import { readSafetensors } from '../weights/safetensors.js';
import { train } from './train.js';

const command = fileURLToPath(new URL('../../../../apps/cli/bin/holdout.js', import.meta.url));
// Each starts several processes, of which none is in a hurry.
vi.setConfig({ testTimeout: 300_000 });
let folder = '';
let data = '';
let remove = async () => {};

beforeAll(async () => {
  ({ folder, remove } = await makeFolder());
  data = join(folder, 'data');
  const draw = (seed: string, studies: number, firstPatient: number) => {
    const composition = uniformComposition({ studies, abnormal: studies / 2, images: studies + 1 });
    return generateStudies({ seed, composition, firstPatient });
  };
  await writeMuraFolder({
    directory: data,
    split: 'train',
    studies: draw('train', 4, 1),
    labelOf: ({ truth }) => truth,
  });
  await writeMuraFolder({
    directory: data,
    split: 'valid',
    studies: draw('valid', 2, 100),
    labelOf: ({ truth }) => truth,
  });
});
afterAll(() => remove());

it('ends with the same weights after it was killed in the middle of an epoch', async () => {
  const whole = await runTraining('whole', []);
  expect(whole.exitCode).toBe(0);
  const lines = whole.stderr.split('\n').filter((line) => line.startsWith('Epoch '));
  expect(lines.map((line) => line.slice(0, 12))).toEqual(['Epoch 1 of 3', 'Epoch 2 of 3', 'Epoch 3 of 3']);
  const rest =
    /: loss \d+\.\d{4}, validation loss \d+\.\d{4}, kappa (–|-?\d\.\d{3}), learning rate [0-9.e-]+, \d+ s; \d+ s left\.$/;
  for (const line of lines) expect(line).toMatch(rest);
  expect(lines.at(-1)).toContain('; 0 s left.');

  // The second epoch, which has begun, is lost.
  const killed = await runTraining('killed', [], { endOnceThereIs: 'Epoch 1 of 3', signal: 'SIGKILL' });
  expect(killed.exitCode).toBe(null);
  expect(killed.stderr).not.toContain('Epoch 3 of 3');
  const resumed = await runTraining('killed', []);
  expect(resumed.exitCode).toBe(0);
  expect(resumed.stderr).toMatch(/35 images, from epoch [123], image \d+ on/);

  const [expected, found] = await Promise.all(['whole', 'killed'].map(readTraining));
  expect(found?.tensors).toEqual(expected?.tensors);
  expect(found?.history).toEqual(expected?.history);
  expect(await readdir(join(folder, 'killed.training'))).toEqual(await readdir(join(folder, 'whole.training')));
  for (const file of ['model.json', 'weights.bin', 'holdout.json']) {
    const [one, other] = await Promise.all(['whole', 'killed'].map((name) => readFile(join(folder, name, file))));
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
  }
});

it('goes on from the middle of an epoch, after Ctrl-C', async () => {
  const stopped = await runTraining('stopped', [], { endOnceThereIs: 'epochs of 35 images', signal: 'SIGINT' });
  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr).toContain('Type the same command again to go on with it.');
  const resumed = await runTraining('stopped', []);
  const [, from] = /from epoch 1, image (\d+) on/.exec(resumed.stderr) ?? [];
  expect(Number(from)).toBeGreaterThan(0);
  const [expected, found] = await Promise.all(['whole', 'stopped'].map(readTraining));
  expect(found?.tensors).toEqual(expected?.tensors);
});

it('learns nothing again after it was stopped while an epoch was judged', async () => {
  const stop = new AbortController();
  const options = {
    data,
    directory: join(folder, 'judging.training'),
    settings: {
      network: { ...networks.tiny, blocks: [...networks.tiny.blocks], inputSize: 96 },
      mean: [0.2],
      std: [0.2],
      ...{ batchSize: 8, learningRate: 1e-3, patience: 1, members: 1, seed: '1' },
    },
    epochs: 1,
    imageMemoryBytes: 2 ** 30,
    checkpointSeconds: 3600,
  };
  const learned: number[] = [];
  const listener = {
    onStart: () => {},
    onBatch: ({ imagesDone }: { imagesDone: number }) => {
      learned.push(imagesDone);
      // The last batch: nothing but the judging is left.
      if (imagesDone === 35) queueMicrotask(() => stop.abort(new Error('stopped')));
    },
    onEpoch: () => {},
  };
  await expect(train({ ...options, listener, signal: stop.signal })).rejects.toThrow('stopped');
  expect(learned.at(-1)).toBe(35);
  const before = learned.length;
  const { epochs, history } = await train({ ...options, listener, signal: new AbortController().signal });
  expect(learned).toHaveLength(before);
  expect(epochs).toBe(1);
  expect(history).toHaveLength(1);
});

it('begins with weights whose normalisations a converter has put into convolutions, by its own images', async () => {
  await startBackend();
  const network = { ...networks.tiny, blocks: [...networks.tiny.blocks], inputSize: 96 };
  const known = shakeWeights(buildDenseNet(network, { seed: 'known' }));
  const weightsFile = join(folder, 'predicting.json');
  await writeTfjsWeights(
    weightsFile,
    convertToGraph(known, (layer) => /norm[02]$/.test(layer)),
  );
  const listener = { onStart: () => {}, onBatch: () => {}, onEpoch: () => {} };
  const directory = join(folder, 'folded.training');
  const settings = {
    network,
    mean: [0.2],
    std: [0.2],
    batchSize: 8,
    learningRate: 1e-6,
    patience: 1,
    members: 1,
    seed: '1',
  };
  const limits = { imageMemoryBytes: 2 ** 30, checkpointSeconds: 3600, signal: new AbortController().signal };
  await train({ data, directory, settings, weightsFile, epochs: 1, listener, ...limits });
  const { tensors } = readSafetensors(await readFile(join(directory, 'checkpoint.safetensors')));
  const gamma = tensors.find(({ name }) => name === 'features.norm0/gamma')?.values ?? [];
  // Such steps are too small to be seen: as it was loaded each would be 1.
  expect(Math.max(...Array.from(gamma, (value) => Math.abs(value - 1)))).toBeGreaterThan(0.05);
});

it('goes on for more epochs, and keeps no more than the best', async () => {
  // As a process leaves them that is killed before it has removed one, or while it writes one.
  for (const name of ['member-0099.safetensors', 'member-0098.safetensors.partial']) {
    await writeFile(join(folder, 'whole.training', name), '');
  }
  const { exitCode } = await runTraining('whole', ['--epochs', '5', '--force']);
  expect(exitCode).toBe(0);
  const { history } = await readTraining('whole');
  expect(history.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  const members = (await readdir(join(folder, 'whole.training'))).filter((name) => name.startsWith('member-'));
  const best = [...history].sort((a, b) => a.validationLoss - b.validationLoss).slice(0, 2);
  const names = best.map(({ epoch }) => `member-000${epoch}.safetensors`).sort();
  expect(members.sort()).toEqual(names);
  const csv = (await readFile(join(folder, 'whole.training', 'history.csv'), 'utf8')).trim().split('\n');
  expect(csv).toHaveLength(6);
});

it('exports the best of a training, and what it wrote, by the command', async () => {
  const training = join(folder, 'whole.training');
  const one = await run([
    'export',
    training,
    '--members',
    '1',
    '--out',
    join(folder, 'one'),
    '--name',
    'One',
    '--json',
  ]);
  expect(one.exitCode).toBe(0);
  expect(JSON.parse(one.stdout)).toMatchObject({ format: 'onnx', name: 'One' });
  const manifest = JSON.parse(await readFile(join(folder, 'one', 'holdout.json'), 'utf8'));
  expect(manifest).toMatchObject({ engine: 'onnx', cam: { features: 'features', weights: 'classifier/kernel' } });
  const both = await run(['export', join(folder, 'whole'), '--out', join(folder, 'both')]);
  expect(both.exitCode).toBe(0);
  // Two networks have no feature maps in common.
  expect(JSON.parse(await readFile(join(folder, 'both', 'holdout.json'), 'utf8'))).not.toHaveProperty('cam');

  const again = await run(['export', training, '--out', join(folder, 'both')]);
  expect(again.stderr).toContain('is there already');
  const more = await run(['export', training, '--members', '3', '--out', join(folder, 'more')]);
  expect(more.stderr).toContain('has 2 networks, not 3');
  const onnx = await run(['export', join(folder, 'one'), '--out', join(folder, 'more')]);
  expect(onnx.stderr).toContain('is a bundle of the engine onnx');
  const nothing = await run(['export', data, '--out', join(folder, 'more')]);
  expect(nothing.stderr).toContain('holds no network that was trained');
  for (const { exitCode } of [again, more, onnx, nothing]) expect(exitCode).toBe(1);
});

it('gives other weights for another seed', async () => {
  await runTraining('seeded', ['--seed', 'other', '--epochs', '1']);
  const [one, other] = await Promise.all(['whole', 'seeded'].map(readTraining));
  expect(other?.history[0].validationLoss).not.toBe(one?.history[0].validationLoss);
});

it.each([80, 120])(
  'shows loss, kappa and the time that is left beside a bar, on a terminal of %i columns',
  async (columns) => {
    const argv = describeTraining(`bar${columns}`, ['--epochs', '2']).map((word) => `'${word}'`);
    const line = `stty cols ${columns}; exec '${process.execPath}' '${command}' baseline ${argv.join(' ')}`;
    const { stdout, exitCode } = await runProgram('script', [
      '--quiet',
      '--flush',
      '--return',
      '--command',
      line,
      '/dev/null',
    ]);
    expect(exitCode).toBe(0);
    for (const epoch of [1, 2]) {
      const shown = `epoch ${epoch} of 2, loss \\d+\\.\\d{4}, kappa (–|-?\\d\\.\\d{3}) \\| \\d+s, \\d+s left`;
      expect(stdout).toMatch(new RegExp(`Training [█░]+ +\\d+% \\| ${shown}`));
      expect(stdout).toContain(`Epoch ${epoch} of 2: loss `);
    }
  },
);

it('will not go on with other settings, other images or half a checkpoint', async () => {
  const other = await runTraining('whole', ['--learning-rate', '1e-5', '--force']);
  expect(other.stderr).toContain('holds a training with other settings: learningRate');
  expect(other.exitCode).toBe(1);
  const there = await runTraining('whole', []);
  expect(there.stderr).toContain('is there already');

  // One image in the place of another: the names and labels are what they were.
  const [one = '', two = ''] = (await readFile(join(data, 'train_image_paths.csv'), 'utf8')).split('\n');
  const [image, another] = await Promise.all([one, two].map((path) => readFile(join(data, path))));
  await writeFile(join(data, one), another ?? '');
  const changed = await runTraining('whole', ['--force']);
  expect(changed.stderr).toContain('holds a training with other settings: images or labels of --data.');
  expect(changed.exitCode).toBe(1);
  await writeFile(join(data, one), image ?? '');

  const table = join(data, 'train_labeled_studies.csv');
  const labels = await readFile(table, 'utf8');
  await writeFile(table, labels.replace(/^(.*)_positive\/,1$/m, '$1_positive/,0'));
  const wrong = await runTraining('whole', ['--force']);
  expect(wrong.stderr).toMatch(/is 0 in train_labeled_studies.csv, line \d+, and its folder says 1/);
  await writeFile(table, labels);
  await appendFile(
    join(data, 'train_image_paths.csv'),
    'MURA-v1.1/train/XR_HAND/patient00009/study1_positive/gone.png\n',
  );
  const gone = await runTraining('whole', ['--force']);
  expect(gone.stderr).toContain('gone.png');
  const paths = await readFile(join(data, 'train_image_paths.csv'), 'utf8');
  await writeFile(join(data, 'train_image_paths.csv'), paths.replace(/.*gone.png\n/, ''));

  await truncate(join(folder, 'whole.training', 'checkpoint.safetensors'), 2000);
  const half = await runTraining('whole', ['--force']);
  expect(half.stderr).toContain('checkpoint.safetensors can’t be used');
});

it('says which image can’t be decoded', async () => {
  const [path = ''] = (await readFile(join(data, 'valid_image_paths.csv'), 'utf8')).split('\n');
  const image = await readFile(join(data, path));
  await writeFile(join(data, path), 'no picture');
  const { exitCode, stderr } = await runTraining('broken', ['--epochs', '1']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${path} can’t be decoded`);
  await writeFile(join(data, path), image);
  await rm(join(folder, 'broken.training'), { recursive: true });
});

interface RunOptions {
  endOnceThereIs?: string;
  signal?: NodeJS.Signals;
}

function runTraining(name: string, argv: readonly string[], options: RunOptions = {}) {
  return run(describeTraining(name, argv), options);
}

function describeTraining(name: string, argv: readonly string[]): string[] {
  const fixed = ['--data', data, '--out', join(folder, name), '--network', 'tiny', '--image-size', '96'];
  const chosen = ['--batch-size', '4', '--members', '2', '--epochs', '3', '--learning-rate', '1e-3', ...argv];
  return ['train', ...fixed, ...chosen];
}

/** Runs the command as a person does. */
function run(argv: readonly string[], options: RunOptions = {}) {
  return runProgram(process.execPath, [command, 'baseline', ...argv], options);
}

function runProgram(program: string, argv: readonly string[], { endOnceThereIs, signal }: RunOptions = {}) {
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const isTime = endOnceThereIs !== undefined && stderr.includes(endOnceThereIs);
    // Once: a second Ctrl-C would not let it keep what it has.
    if (isTime && !child.killed) child.kill(signal);
  });
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done) => {
    child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });
}

async function readTraining(name: string) {
  const { tensors, metadata } = readSafetensors(
    await readFile(join(folder, `${name}.training`, 'checkpoint.safetensors')),
  );
  const { history } = JSON.parse(metadata.state ?? '');
  return { tensors, history: history.map(({ seconds: _seconds, ...rest }: { seconds: number }) => rest) };
}
