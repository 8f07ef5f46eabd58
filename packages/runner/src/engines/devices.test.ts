import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits } from '@holdout/contracts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeNetwork, writeNetwork } from '../doctor/measured-network.js';
import { findSoftwareGpu } from '../gpus/find-software-gpu.js';
import type { Gpu } from '../gpus/gpu.js';
import type { RunImage } from '../images/run-image.js';
import { runBundle } from '../run-bundle.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import { makeFolder } from '../testing/describe-run.js';
import type { DeviceKind } from './engine.js';

// A GPU that is a program stands for a real one: what is different is the driver.
const gpu = findSoftwareGpu();

/** Small: what plays the GPU is slow. */
const side = 64;

let folder: string;
let images: RunImage[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-devices-'));
  images = await Promise.all([1, 2, 3].map((seed) => drawPicture(seed)));
});
afterAll(() => rm(folder, { recursive: true }));

async function drawPicture(seed: number): Promise<RunImage> {
  const path = join(folder, `picture${seed}.png`);
  const noise = { type: 'gaussian', mean: 60 * seed, sigma: 30 } as const;
  await sharp({ create: { width: 300, height: 200, channels: 3, background: 'black', noise } })
    .png()
    .toFile(path);
  return { path };
}

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

it('has a software GPU to be tested with', () => {
  expect(gpu?.isSoftware).toBe(true);
});

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
    expect(found.provenance.adapter).toMatch(/SwiftShader|llvmpipe/i);
    expect(largestDifference(found.probabilities, expected.probabilities)).toBeLessThan(1e-3);
  });

  it('is not chosen where the GPU is only software and nobody asked for that', async () => {
    const mistaken = gpu && { ...gpu, isSoftware: false };
    const { provenance, log } = await predict(engine, { kind, gpu: mistaken });
    expect(provenance.device).toBe(engine === 'onnx' ? 'cpu' : 'wasm-simd');
    expect(log).toMatch(/Not on webgpu: .*is software, and slower than the processor/);
  });
});
