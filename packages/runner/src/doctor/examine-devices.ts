import { mkdtempSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits, HoldoutError } from '@holdout/contracts';
import sharp from 'sharp';
import { type DeviceKind, processorKinds } from '../engines/engine.js';
import type { Gpu } from '../gpus/gpu.js';
import { type TakenGpu, takeGpu } from '../gpus/take-gpu.js';
import { openPixelsForOnce } from '../images/open-pixels.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { startChild } from '../start-child.js';
import { type RunningModel, type RunResult, startModel } from '../start-model.js';
import { describeNetwork, writeNetwork } from './measured-network.js';

/** An engine on a device, measured by a small network on images of 224 × 224. */
export interface ExaminedDevice {
  readonly engine: 'onnx' | 'tfjs';
  readonly device: DeviceKind;
  /** Which GPU of this machine; null for the processor. */
  readonly gpu: string | null;
  readonly works: boolean;
  /** null where it does not work. */
  readonly imagesPerSecond: number | null;
  /** The engine's version and the GPU's name; why it does not work. */
  readonly detail: string;
}

/** What each engine knows, the fastest first. */
const kinds = { onnx: ['cuda', 'webgpu', 'cpu'], tfjs: ['cuda', 'webgpu', 'cpu', 'wasm', 'javascript'] } as const;
const timeLimitSeconds = 300;
const measuredSeconds = 2;
const mostImages = 256;
/** An evaluation keeps its GPU for minutes, and whoever asks the doctor does not want to wait. */
const patienceMilliseconds = 5000;

/** Measures each engine on the processor and on each of these GPUs, in a sandbox as evaluations have it. */
export async function examineDevices(
  sandbox: Sandbox,
  gpus: readonly Gpu[],
  folder: string,
): Promise<ExaminedDevice[]> {
  const picture = join(folder, 'noise.png');
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
  await sharp({ create: { width: 224, height: 224, channels: 3, background: 'black', noise } })
    .png()
    .toFile(picture);
  const found: ExaminedDevice[] = [];
  for (const engine of ['onnx', 'tfjs'] as const) {
    for (const device of kinds[engine]) {
      const places = processorKinds.includes(device) ? [null] : gpus;
      if (places.length === 0) {
        const detail = 'this machine has no GPU that HOLDOUT_GPUS lets evaluations have';
        found.push({ engine, device, gpu: null, works: false, imagesPerSecond: null, detail });
      }
      for (const gpu of places) found.push(await examineDevice({ sandbox, engine, device, gpu, folder, picture }));
    }
  }
  return found;
}

interface Place {
  readonly sandbox: Sandbox;
  readonly engine: 'onnx' | 'tfjs';
  readonly device: DeviceKind;
  readonly gpu: Gpu | null;
  readonly folder: string;
  readonly picture: string;
}

async function examineDevice(place: Place): Promise<ExaminedDevice> {
  const { sandbox, engine, device, gpu, folder, picture } = place;
  const named = { engine, device, gpu: gpu?.id ?? null };
  let taken: TakenGpu | null = null;
  let model: RunningModel | null = null;
  const makeFolder = () => mkdtempSync(join(folder, 'run-'));
  const pixels = await openPixelsForOnce(makeFolder);
  try {
    if (gpu) taken = await takeGpu([gpu], AbortSignal.timeout(patienceMilliseconds));
    const limits = { ...defaultRunLimits, timeLimitSeconds };
    model = startModel(startChild({ sandbox, limits, makeFolder, gpu }), limits, Promise.resolve(pixels));
    await writeNetwork(engine, model.bundleDirectory);
    model.load(describeNetwork(engine), availableParallelism(), [device]);
    const { engineVersion, adapter, imagesPerSecond } = await measure(model, picture);
    const detail = adapter === null ? engineVersion : `${engineVersion}, ${adapter}`;
    return { ...named, works: true, imagesPerSecond, detail };
  } catch (error) {
    return { ...named, works: false, imagesPerSecond: null, detail: explain(error) };
  } finally {
    await model?.close();
    await pixels.close();
    taken?.release();
  }
}

function explain(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'an evaluation uses this GPU now';
  if (error instanceof HoldoutError && error.detail) return error.detail.replaceAll('\n', ' ');
  return String(error).replaceAll('\n', ' ');
}

/** The first run makes it warm; the second says how many images fill a fair time. */
async function measure(model: RunningModel, picture: string) {
  const run = (count: number) =>
    model.run({ images: Array.from({ length: count }, () => ({ path: picture })), timeLimitSeconds });
  const speedOf = ({ durations, probabilities }: RunResult) => probabilities.length / durations.inferenceSeconds;
  await run(1);
  const single = await run(1);
  const count = Math.min(mostImages, Math.floor(speedOf(single) * measuredSeconds));
  // The number of images in a batch is new to it as well.
  if (count > 1) await run(Math.min(count, 16));
  const measured = count > 1 ? await run(count) : single;
  return { ...measured.provenance, imagesPerSecond: speedOf(measured) };
}
