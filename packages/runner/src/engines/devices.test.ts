import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeNetwork, writeNetwork } from '../doctor/measured-network.js';
import type { Gpu } from '../gpus/gpu.js';
import type { RunImage } from '../images/run-image.js';
import { keepProcessReady } from '../keep-process-ready.js';
import { openPredictor } from '../predictor.js';
import { runBundle } from '../run-bundle.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import { copyFrom, describeRun, makeFolder } from '../testing/describe-run.js';
import { drawNoise } from '../testing/draw-noise.js';
import { findTestGpu } from '../testing/find-test-gpu.js';
import { removeModels, writeAlternatingOnnx, writeCrashingOnnx } from '../testing/write-models.js';
import { findObjection } from './compare-trials.js';
import type { DeviceKind, LoadedModel } from './engine.js';

const gpu = findTestGpu();

/** Small: what plays the GPU is slow. */
const side = 64;

let folder: string;
let images: RunImage[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-devices-'));
  images = await Promise.all([1, 2, 3].map((seed) => drawNoise(folder, seed)));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await removeModels();
});

interface Ways {
  readonly kind: 'none' | 'bubblewrap';
  readonly gpu?: Gpu | null;
  readonly devices?: readonly DeviceKind[];
}

async function predict(engine: 'onnx' | 'tfjs', { kind, ...ways }: Ways) {
  const log: string[] = [];
  const result = await runBundle({
    ...{ manifest: describeNetwork(engine, side), images, makeFolder, ...ways, threads: 2 },
    sandbox: await createSandbox({ kind }),
    limits: { ...defaultRunLimits, timeLimitSeconds: 120 },
    unpack: (directory) => writeNetwork(engine, directory, side),
    onLog: (line) => log.push(line),
  });
  return { ...result, log: log.join('\n') };
}

function largestDifference(some: readonly number[], others: readonly number[]): number {
  return Math.max(...some.map((value, place) => Math.abs(value - (others[place] ?? Number.NaN))));
}

it('gives the same answers by each engine on the processor', async () => {
  const onnx = await predict('onnx', { kind: 'none' });
  const tfjs = await predict('tfjs', { kind: 'none' });
  // Pictures that it can't tell apart would prove nothing.
  expect(new Set(onnx.probabilities.map((value) => value.toFixed(3))).size).toBe(3);
  expect(largestDifference(onnx.probabilities, tfjs.probabilities)).toBeLessThan(1e-4);
  expect(onnx.provenance).toMatchObject({ device: 'cpu', adapter: null });
  expect(tfjs.provenance).toMatchObject({ device: 'wasm-simd', adapter: null });
});

describe.each([
  ['onnx', 'none'],
  ['onnx', 'bubblewrap'],
  ['tfjs', 'none'],
  ['tfjs', 'bubblewrap'],
] as const)('%s on WebGPU, sandbox %s', (engine, kind) => {
  it('gives the answers of the processor, and names the GPU', async () => {
    const expected = await predict(engine, { kind });
    const found = await predict(engine, { kind, gpu });
    expect(found.log).toMatch(/on webgpu/);
    expect(found.provenance.device).toBe('webgpu');
    expect(found.provenance.adapter).toMatch(gpu.isSoftware ? /SwiftShader|llvmpipe/i : /./);
    expect(largestDifference(found.probabilities, expected.probabilities)).toBeLessThan(1e-3);
  });

  it.runIf(gpu.isSoftware)('is not chosen where the GPU is only software and nobody asked for that', async () => {
    const mistaken = { ...gpu, isSoftware: false };
    const { provenance, log } = await predict(engine, { kind, gpu: mistaken });
    expect(provenance.device).toBe(engine === 'onnx' ? 'cpu' : 'wasm-simd');
    expect(log).toMatch(/Not on webgpu: .*is software, and slower than the processor/);
  });
});

it('takes the next device where a GPU lacks an operation and is slower by it, and says so', async () => {
  // Of ten layers that WebGPU has, and one that only the processor has, after each of them.
  const bundle = await writeAlternatingOnnx();
  const log: string[] = [];
  const { provenance } = await runBundle({
    ...describeRun(await createSandbox({ kind: 'none' }), bundle),
    ...{ images, gpu, threads: 2, limits: defaultRunLimits, onLog: (line: string) => log.push(line) },
  });
  expect(provenance.device).toBe('cpu');
  expect(log.join('\n')).toMatch(/Not on webgpu: it lacks some of this model’s operations/);
});

it('believes a GPU only where it says what the processor says', () => {
  const model = { isMixed: false } as LoadedModel;
  const trial = (answer: number, seconds: number, isMixed = false) => ({
    ...{ answer, seconds, model: { ...model, isMixed } },
  });
  expect(findObjection(trial(0.5004, 1), trial(0.5, 1))).toBeNull();
  expect(findObjection(trial(0.502, 1), trial(0.5, 1))).toMatch(/0\.50200, and the processor gives it 0\.50000/);
  expect(findObjection(trial(0.5, 9), trial(0.5, 1))).toBeNull();
  expect(findObjection(trial(0.5, 2, true), trial(0.5, 1))).toMatch(/2000 ms, and on the processor alone 1000 ms/);
  expect(findObjection(trial(0.5, 1, true), trial(0.5, 2))).toBeNull();
});

it('runs a model on the processor where its process ends on the GPU', async () => {
  const bundle = await writeCrashingOnnx();
  const sandbox = await createSandbox({ kind: 'none' });
  const models = keepProcessReady({ sandbox, makeFolder });
  const log: string[] = [];
  const predictor = await openPredictor({
    ...{ manifest: bundle.manifest, unpack: copyFrom(bundle.directory), sandbox, models, makeFolder },
    ...{ gpus: [gpu], threads: 2, limits: defaultRunLimits },
  });
  const studies = [{ study: 's', images: images.slice(0, 1).map(({ path }) => ({ fileName: 'image1.png', path })) }];
  // This one ends there, too, and that is its own fault.
  const run = predictor.run({ studies, onLog: (line) => log.push(line) });
  await expect(run).rejects.toMatchObject({ code: 'runner_crashed' });
  expect(log.join('\n')).toMatch(/Not on its GPU: .* SIGFPE\. It is run on the processor/);
  await predictor.close();
  await models.close();
});
