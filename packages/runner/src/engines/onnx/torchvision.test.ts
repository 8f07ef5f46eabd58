import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runBundle } from '../../run-bundle.js';
import { createSandbox } from '../../sandbox/create-sandbox.js';
import { copyFrom, makeFolder } from '../../testing/describe-run.js';
import { drawNoise } from '../../testing/draw-noise.js';
import { findTestGpu } from '../../testing/find-test-gpu.js';
import { loadModel } from '../load-model.js';

// Networks that other people's tools wrote, with operators and shapes that ours would not think of.
const script = fileURLToPath(new URL('../../../src/testing/export-torchvision.py', import.meta.url));
const names = ['resnet18', 'densenet121', 'efficientnet_b0', 'mobilenet_v3_large', 'convnext_tiny', 'vit_b_16'];

let folder: string;
let expected: Map<string, readonly number[]>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-torchvision-'));
  // Debian's Python, which Debian's packages are for.
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [script, folder], { maxBuffer: 2 ** 24 });
  const lines = stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expected = new Map(lines.map((line) => JSON.parse(line)).map(({ name, values }) => [name, values]));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

it.each(names)('%s passes our checks, and gives what PyTorch gives', { timeout: 120_000 }, async (name) => {
  const { directory, manifest } = await check(name);
  expect(manifest.input).toMatchObject({ width: 64, height: 64, channels: 3, layout: 'nchw', fixedBatchSize: null });

  const bytes = await readFile(join(folder, `${name}.images`));
  const images = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const options = { bundleDirectory: directory, manifest, threads: 2, gpu: null, devices: ['cpu'] } as const;
  const { model } = await loadModel(options);
  const { values, shape } = await model.predict(images, 3);
  await model.release();

  const told = expected.get(name) ?? [];
  expect(shape).toEqual([3, 1]);
  // Else any network would agree with any other.
  expect(Math.max(...told) - Math.min(...told)).toBeGreaterThan(0.01);
  for (const [place, value] of told.entries())
    expect(Math.abs((values[place] ?? Number.NaN) - value)).toBeLessThan(1e-4);
});

it.each(names)('%s gives on a GPU what it gives on the processor', { timeout: 240_000 }, async (name) => {
  const { directory, manifest } = await check(name);
  const images = await Promise.all([1, 2, 3].map((seed) => drawNoise(folder, seed)));
  const sandbox = await createSandbox({ kind: 'none' });
  const gpu = findTestGpu();
  const log: string[] = [];
  const run = { manifest, images, sandbox, makeFolder, unpack: copyFrom(directory), threads: 2 };
  const limits = { ...defaultRunLimits, timeLimitSeconds: 200 };
  const expected = await runBundle({ ...run, limits });
  const found = await runBundle({ ...run, limits, gpu, onLog: (line) => log.push(line) });
  // What plays a GPU is slower than the processor where it needs that one for some operations.
  const isLeft = gpu.isSoftware && /lacks some of this model’s operations/.test(log.join('\n'));
  expect(found.provenance.device, log.join('\n')).toBe(isLeft ? 'cpu' : 'webgpu');
  expect(Math.max(...expected.probabilities) - Math.min(...expected.probabilities)).toBeGreaterThan(0.002);
  for (const [place, value] of expected.probabilities.entries())
    expect(Math.abs((found.probabilities[place] ?? Number.NaN) - value)).toBeLessThan(1e-3);
});

async function check(name: string) {
  const directory = join(folder, name);
  const words = { name, engine: 'onnx', model: 'model.onnx', output: { activation: 'sigmoid' } };
  await writeFile(join(directory, 'holdout.json'), JSON.stringify(words));
  const { manifest } = await checkBundle(await openFolder(directory));
  if (manifest.engine === 'command') throw new Error('A model was taken for a program.');
  return { directory, manifest };
}
