import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultRunLimits, HoldoutError } from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPixels } from './images/open-pixels.js';
import type { RunImage } from './images/run-image.js';
import { runBundle } from './run-bundle.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { Sandbox } from './sandbox/sandbox.js';
import { describeRun } from './testing/describe-run.js';
import { findChildren, isRunning } from './testing/find-children.js';
import { makeContainerImage, type TestImage } from './testing/make-container-image.js';
import {
  type MeanModel,
  removeModels,
  type TestBundle,
  writeCrashingOnnx,
  writePng,
  writers,
} from './testing/write-models.js';

type RunOptions = Parameters<typeof runBundle>[0];
const limits = { ...defaultRunLimits, timeLimitSeconds: 60, memoryLimitBytes: 2 * 1024 ** 3 };
let folder: string;
let greys: RunImage[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-images-'));
  greys = await Promise.all([0, 51, 102, 153, 204, 255].map((grey) => writePng(folder, `grey${grey}.png`, [grey])));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

let sandbox: Sandbox;
let image: TestImage;
beforeAll(async () => {
  image = await makeContainerImage();
});
afterAll(() => image.remove());
const kinds = ['none', 'bubblewrap', 'container'] as const;

function run(bundle: TestBundle, options: Partial<RunOptions> = {}) {
  return runBundle({ ...describeRun(sandbox, bundle), images: greys, limits, ...options });
}

async function catchFault(running: Promise<unknown>): Promise<HoldoutError> {
  const fault = await running.then(
    () => new Error('The run succeeded.'),
    (error: unknown) => error,
  );
  if (fault instanceof HoldoutError) return fault;
  throw fault;
}

/** What every engine must do, in a sandbox and without one. */
describe.each((['onnx', 'tfjs'] as const).flatMap((engine) => kinds.map((kind) => [engine, kind] as const)))(
  '%s, sandbox %s',
  (engine, kind) => {
    beforeAll(async () => {
      sandbox = await createSandbox({ kind, container: image.container });
    });
    const write = (model: Partial<MeanModel> = {}) => writers[engine]({ weights: [[1]], bias: [0], ...model });

    it('gives each image its probability, in order, and says how it came about', async () => {
      const progress: number[] = [];
      const lines: string[] = [];
      const bundle = await write();
      const result = await run(bundle, {
        onProgress: (done) => progress.push(done),
        onLog: (line) => lines.push(line),
      });
      expect(result.probabilities).toHaveLength(6);
      for (const [index, expected] of [0, 0.2, 0.4, 0.6, 0.8, 1].entries())
        expect(result.probabilities[index]).toBeCloseTo(expected, 5);
      expect(progress.at(-1)).toBe(6);
      expect(result.provenance).toMatchObject({ engine, engineVersion: expect.stringMatching(/\d/) });
      expect(result.peakMemoryBytes).toBeGreaterThan(10_000_000);
      expect(lines.join('\n')).toContain('6 images predicted');
    });

    it('sees colours, their order and the normalisation', async () => {
      const bundle = await write({ weights: [[0.5, 0.25, 0.125]], bias: [0.1] });
      bundle.manifest.input.mean = [0.1, 0.2, 0.3];
      bundle.manifest.input.std = [1, 0.5, 0.25];
      const images = [await writePng(folder, 'colour.png', [255, 102, 51])];
      const { probabilities } = await run(bundle, { images });
      expect(probabilities[0]).toBeCloseTo(
        0.1 + 0.5 * 0.9 + 0.25 * ((0.4 - 0.2) / 0.5) + 0.125 * ((0.2 - 0.3) / 0.25),
        5,
      );
    });

    it('fills up a batch of a fixed size and drops what was filled in', async () => {
      const bundle = await write({ fixedBatchSize: 4 });
      if (engine === 'tfjs') bundle.manifest.input.fixedBatchSize = 4;
      const { probabilities, provenance } = await run(bundle);
      expect(provenance.batchSize).toBe(4);
      expect(probabilities).toHaveLength(6);
      expect(probabilities[5]).toBeCloseTo(1, 5);
    });

    it('predicts the same however many images it is given at once', async () => {
      const images = Array.from({ length: 100 }, (_, place) => greys[place % greys.length] ?? { path: '' });
      const chosen = await run(await write(), { images });
      const fixed = await write({ fixedBatchSize: 3 });
      fixed.manifest.input.fixedBatchSize = 3;
      const { probabilities } = await run(fixed, { images });
      expect(chosen.probabilities).toHaveLength(100);
      for (const [place, value] of probabilities.entries()) expect(chosen.probabilities[place]).toBeCloseTo(value, 6);
      expect(chosen.probabilities[50]).toBeCloseTo(0.4, 5);
    });

    it('is told that a batch of its images is too large to be made', async () => {
      const bundle = await write();
      Object.assign(bundle.manifest.input, { width: 4096, height: 4096, fixedBatchSize: 1024 });
      expect((await catchFault(run(bundle))).code).toBe('memory_limit_exceeded');
    });

    it.each([
      ['sigmoid', 0, 1 / (1 + Math.exp(-0.4))],
      ['softmax', 1, 1 / (1 + Math.exp(0.4 - 0.8))],
      ['none', 1, 0.8],
    ] as const)('applies %s and takes value %d', async (activation, index, expected) => {
      const bundle = await write({ weights: [[1], [2]], bias: [0, 0] });
      bundle.manifest.output = { name: 'values', activation, index };
      const { probabilities } = await run(bundle, { images: greys.slice(2, 3) });
      expect(probabilities[0]).toBeCloseTo(expected, 5);
    });

    it.each([
      ['not finite', 'output_not_finite', { bias: [Number.NaN] }, /Image 1 of 6: found NaN/],
      ['out of range', 'output_out_of_range', { weights: [[3]] }, /Image 3 of 6: found 1\.(2|19)/],
    ] as const)(
      'rejects an output that is %s, by the image’s place and not its name',
      async (_what, code, model, words) => {
        const bundle = await write({
          ...model,
          weights: 'weights' in model ? [[3]] : [[1]],
          bias: 'bias' in model ? [Number.NaN] : [0],
        });
        const fault = await catchFault(run(bundle));
        expect(fault.code).toBe(code);
        expect(fault.message).toMatch(words);
        expect(fault.message).not.toContain('grey');
      },
    );

    it('rejects an index beyond the output', async () => {
      const bundle = await write();
      bundle.manifest.output.index = 3;
      expect((await catchFault(run(bundle))).code).toBe('output_shape');
    });

    it('rejects a model that can’t be loaded, without naming our folders', async () => {
      const bundle = await write();
      await writeFile(join(bundle.directory, bundle.manifest.model), 'garbage');
      const fault = await catchFault(run(bundle));
      expect(fault.code).toBe('model_load_failed');
      expect(fault.message).not.toContain(bundle.directory);
    });

    it('takes an image that can’t be decoded for our fault', async () => {
      await writeFile(join(folder, 'broken.png'), 'no picture');
      const images = [...greys, { path: join(folder, 'broken.png') }];
      const fault = await catchFault(run(await write(), { images }));
      expect(fault.code).toBe('internal');
      expect(fault.fault).toBe('server');
    });

    it('stops at the limit of time, and of memory, and says both numbers', async () => {
      const bundle = await write();
      const images = Array.from({ length: 20_000 }, () => greys[0] ?? { path: '' });
      const late = await catchFault(run(bundle, { images, limits: { ...limits, timeLimitSeconds: 1 } }));
      expect(late.code).toBe('time_limit_exceeded');
      expect(late.message).toContain('The limit is 1 s');
      const large = await catchFault(run(bundle, { images, limits: { ...limits, memoryLimitBytes: 32 * 1024 ** 2 } }));
      expect(large.code).toBe('memory_limit_exceeded');
      expect(large.message).toMatch(/The limit is 32 MiB; (it used [\d.]+ MiB|all of it was used before)/);
      expect(findChildren()).toEqual([]);
    });

    it('ends when it is cancelled, with most of its images left, and leaves no process', async () => {
      const bundle = await write();
      const images = Array.from({ length: 20_000 }, () => greys[0] ?? { path: '' });
      const controller = new AbortController();
      let lastDone = 0;
      const running = run(bundle, {
        images,
        signal: controller.signal,
        onProgress(done) {
          lastDone = done;
          controller.abort(new Error('cancelled by its team'));
        },
      });
      await expect(running).rejects.toThrow('cancelled by its team');
      expect(lastDone).toBeGreaterThan(0);
      expect(lastDone).toBeLessThan(images.length / 2);
      expect(findChildren()).toEqual([]);
    });
  },
);

it('copies decoded images where they lie on another disk', async () => {
  sandbox = await createSandbox({ kind: 'bubblewrap' });
  const directory = await mkdtemp('/dev/shm/holdout-decoded-');
  expect((await stat(directory)).dev).not.toBe((await stat(folder)).dev);
  const pixels = await openPixels({ directory, limitBytes: 1e9 });
  try {
    const images = greys.map(({ path }, place) => ({ path, digest: String(place).repeat(64) }));
    const bundle = await writers.onnx({ weights: [[1]], bias: [0] });
    for (let time = 0; time < 2; time += 1) {
      const { probabilities } = await run(bundle, { images, pixels });
      for (const [place, value] of probabilities.entries()) expect(value).toBeCloseTo(place / 5, 5);
    }
    expect(pixels.countDecoded()).toBe(images.length);
  } finally {
    await pixels.close();
    await rm(directory, { recursive: true });
  }
});

it('fills a batch that is larger than what is shown of its images at a time', async () => {
  sandbox = await createSandbox({ kind: 'none' });
  const bundle = await writers.onnx({ weights: [[1]], bias: [0], side: 2048, fixedBatchSize: 18 });
  bundle.manifest.input.fixedBatchSize = 18;
  const images = Array.from({ length: 20 }, (_, place) => greys[place % greys.length] ?? { path: '' });
  const { probabilities } = await run(bundle, { images, limits: { ...limits, memoryLimitBytes: 8 * 1024 ** 3 } });
  expect(probabilities).toHaveLength(20);
  for (const [place, value] of probabilities.entries()) expect(value).toBeCloseTo((place % 6) / 5, 1);
});

it.each([
  ['none', 'SIGSEGV', 'runner_crashed', 'team'],
  ['none', 'SIGKILL', 'runner_killed', 'server'],
  ['bubblewrap', 'SIGSEGV', 'runner_crashed', 'team'],
  ['bubblewrap', 'SIGKILL', 'runner_killed', 'server'],
  ['container', 'SIGSEGV', 'runner_crashed', 'team'],
  ['container', 'SIGKILL', 'runner_killed', 'server'],
] as const)('in %s, says whose fault it was when the process is ended by %s', async (kind, signal, code, whose) => {
  sandbox = await createSandbox({ kind, container: image.container });
  const bundle = await writers.onnx({ weights: [[1]], bias: [0] });
  // More than are predicted until the first of them is heard of and the signal arrives.
  const images = Array.from({ length: 20_000 }, () => greys[0] ?? { path: '' });
  let killed = false;
  const fault = await catchFault(
    run(bundle, {
      images,
      onProgress() {
        if (!killed) for (const pid of findChildren()) process.kill(pid, signal);
        killed = true;
      },
    }),
  );
  expect(fault.code).toBe(code);
  expect(fault.fault).toBe(whose);
  if (signal === 'SIGSEGV') expect(fault.message).toContain('by the signal SIGSEGV');
});

it.each(kinds)('in %s, survives a model that ends the engine’s process', async (kind) => {
  sandbox = await createSandbox({ kind, container: image.container });
  // Fewer than the processor divides at once: those it divides without an exception.
  const images = greys.slice(0, 3);
  const fault = await catchFault(run(await writeCrashingOnnx(), { images }));
  expect(fault).toMatchObject({ code: 'runner_crashed', fault: 'team' });
  expect(fault.message).toContain('by the signal SIGFPE');
  const { probabilities } = await run(await writers.onnx({ weights: [[1]], bias: [0] }));
  expect(probabilities).toHaveLength(6);
});

it.each(kinds)('in %s, leaves no process when its parent is killed', async (kind) => {
  const bundle = await writers.onnx({ weights: [[1]], bias: [0] });
  const images = Array.from({ length: 20_000 }, () => greys[0]);
  const script = `
    import { cp, mkdtemp } from 'node:fs/promises';
    import { mkdtempSync } from 'node:fs';
    const { createSandbox, runBundle } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    await runBundle({ ...${JSON.stringify({ manifest: bundle.manifest, images, limits })},
      sandbox: await createSandbox({ kind: '${kind}', container: ${JSON.stringify(image.container)} }),
      makeFolder: () => mkdtempSync('${bundle.directory}/'),
      unpack: (folder) => cp('${bundle.directory}/${bundle.manifest.model}', folder + '/${bundle.manifest.model}'),
      onProgress: () => console.log('running') });`;
  const path = join(bundle.directory, 'parent.mjs');
  await writeFile(path, script);
  const parent = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((started) => parent.stdout.once('data', started));
  const children = findChildren(parent.pid);
  expect(children.length).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  for (let tries = 0; tries < 300 && children.some(isRunning); tries += 1) await sleep(100);
  expect(children.filter(isRunning)).toEqual([]);
});
