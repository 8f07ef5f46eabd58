import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Engine,
  HoldoutError,
  type ResolvedManifest,
  type ResolvedModelManifest,
  type RunLimits,
  type StudyPrediction,
} from '@holdout/contracts';
import { aggregateStudies } from './aggregate-studies.js';
import type { RunStudy } from './command/lay-out-work.js';
import { runCommand } from './command/run-command.js';
import { digestEngine } from './engines/digest-engine.js';
import type { DeviceKind } from './engines/engine.js';
import type { Gpu } from './gpus/gpu.js';
import { type TakenGpu, takeGpu } from './gpus/take-gpu.js';
import type { ModelStarter } from './keep-process-ready.js';
import type { Sandbox } from './sandbox/sandbox.js';
import type { RunningModel } from './start-model.js';

/** A bundle that is ready to be run on studies, whatever its engine. */
export interface Predictor {
  /**
   * Predicts studies; one list at a time.
   *
   * @throws HoldoutError as `RunningModel.run` and `runCommand`; the reason of `signal`
   */
  run(options: PredictorRun): Promise<Predicted>;
  /** The most memory that was seen until now, in bytes. */
  readPeakBytes(): number;
  /** Ends what still runs and removes what it needed. The most memory that was seen, in bytes. */
  close(): Promise<number>;
}

export interface PredictorRun {
  readonly studies: readonly RunStudy[];
  readonly signal?: AbortSignal;
  /** Of a program of a team nothing is known until its end. */
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  readonly onLog?: (line: string) => void;
}

export interface Predicted {
  /** In the order of the studies. */
  readonly predictions: StudyPrediction[];
  /** Studies that the bundle said nothing of; a model predicts them all. */
  readonly missing: string[];
  readonly provenance: PredictorProvenance;
  readonly durations: Readonly<Record<string, number>>;
}

interface PredictorProvenance {
  readonly engine: Engine;
  readonly engineVersion: string;
  /** null where the program brings what it runs on. */
  readonly engineDigest: string | null;
  /** What it ran on: `cpu`, or `webgpu (NVIDIA H100)`; null for a program, which chooses by itself. */
  readonly device: string | null;
  readonly threads: number;
  readonly sandbox: string;
}

export interface PredictorOptions {
  readonly manifest: ResolvedManifest;
  readonly limits: RunLimits;
  readonly threads: number;
  readonly sandbox: Sandbox;
  readonly models: ModelStarter;
  /** Makes an empty folder of this machine. */
  readonly makeFolder: () => string;
  /** Puts the checked bundle's files into an empty folder. */
  readonly unpack: (directory: string) => Promise<void>;
  /** Lists of studies that it will be run on, the first first: a model's images are decoded from the moment each is known. */
  readonly expected?: readonly Promise<readonly RunStudy[]>[];
  /** One of these is its own while it is open, or while its program runs. Left out where it is to have none. */
  readonly gpus?: readonly Gpu[];
  /** Those that a model may run on. */
  readonly devices?: readonly DeviceKind[];
  /** Ends the wait for a GPU. */
  readonly signal?: AbortSignal;
}

/**
 * Makes a bundle ready, and waits until it has a GPU where it is to have one. Close it, whatever happens.
 *
 * @throws the reason of `signal`, and what `unpack` throws
 */
export async function openPredictor(options: PredictorOptions): Promise<Predictor> {
  return options.manifest.engine === 'command' ? await openCommand(options) : await openModel(options);
}

async function openModel(options: PredictorOptions): Promise<Predictor> {
  const { manifest, limits, threads, models, unpack, sandbox, devices, expected = [] } = options;
  if (manifest.engine === 'command') throw new Error('A command is no model.');
  let taken = await takeModelGpu(options);
  let model = models.start(limits, taken?.gpu ?? null);
  const close = async () => {
    const ended = await model.close();
    // Nothing of it runs any more.
    taken?.release();
    taken = null;
    return ended?.usage.peakMemoryBytes ?? 0;
  };
  const load = async () => {
    await unpack(model.bundleDirectory);
    model.load(manifest, threads, devices);
  };
  let notice = options.gpus?.length === 0 ? 'This worker has no GPU; the model is run on the processor.' : null;
  let hasAnswered = false;
  const run: RunningModel['run'] = async (wanted) => {
    if (notice !== null) wanted.onLog?.(notice);
    notice = null;
    try {
      const result = await model.run(wanted);
      hasAnswered = true;
      return result;
    } catch (error) {
      if (!taken || hasAnswered || !mayBeOfGpu(error)) throw error;
      wanted.onLog?.(
        `Not on its GPU: ${firstLine(error.detail ?? 'the process ended early.')} It is run on the processor.`,
      );
      await close();
      model = models.start(limits);
      await load();
      return await model.run(wanted);
    }
  };
  // What can't be listed is told to who runs it.
  expectAll(model, manifest, expected).catch(() => {});
  // The first of a process takes a moment, while the model is loaded in another one.
  digestEngine(manifest.engine).catch(() => {});
  try {
    await load();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async run({ studies, ...wanted }) {
      const images = studies.flatMap((study) => study.images);
      const result = await run({ ...wanted, images, timeLimitSeconds: limits.timeLimitSeconds });
      const { adapter, ...provenance } = result.provenance;
      const { engine, device } = provenance;
      const counts = studies.map(({ study, images: { length } }) => ({ study, imageCount: length }));
      return {
        predictions: aggregateStudies(counts, result.probabilities, manifest),
        missing: [],
        provenance: {
          ...provenance,
          engineDigest: await digestEngine(engine, device),
          device: adapter === null ? device : `${device} (${adapter})`,
          sandbox: sandbox.kind,
        },
        durations: result.durations,
      };
    },
    readPeakBytes: () => model.readPeakBytes(),
    close,
  };
}

/** A driver can end the process as well as the model can; and memory can be short, or the GPU lost, by a neighbour's doing. */
function mayBeOfGpu(error: unknown): error is HoldoutError {
  return error instanceof HoldoutError && ['runner_crashed', 'inference_failed'].includes(error.code);
}

/** An engine's further lines name its source files. */
function firstLine(words: string): string {
  return words.trim().split('\n')[0] ?? '';
}

async function expectAll(
  model: RunningModel,
  { input }: ResolvedModelManifest,
  lists: readonly Promise<readonly RunStudy[]>[],
): Promise<void> {
  for (const studies of lists) {
    model.expect(
      (await studies).flatMap(({ images }) => images),
      input,
    );
  }
}

/** That of the waiting process first, which then need not be started anew. */
async function takeModelGpu({ gpus = [], models, signal }: PredictorOptions): Promise<TakenGpu | null> {
  if (gpus.length === 0) return null;
  const waiting = models.waitingGpu()?.id;
  const ordered = [...gpus].sort((one, other) => Number(other.id === waiting) - Number(one.id === waiting));
  return await takeGpu(ordered, signal);
}

async function openCommand(options: PredictorOptions): Promise<Predictor> {
  const { manifest, limits, threads, sandbox, unpack, gpus = [] } = options;
  if (manifest.engine !== 'command') throw new Error('A model is no command.');
  const folder = options.makeFolder();
  const bundleDirectory = join(folder, 'bundle');
  let peakMemoryBytes = 0;
  const close = async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    return peakMemoryBytes;
  };
  try {
    await mkdir(bundleDirectory);
    await unpack(bundleDirectory);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async run(run) {
      const result = await runCommand({ ...run, sandbox, manifest, bundleDirectory, folder, limits, gpus });
      peakMemoryBytes = Math.max(peakMemoryBytes, result.usage.peakMemoryBytes);
      return {
        predictions: result.predictions,
        missing: result.missing,
        provenance: {
          engine: 'command',
          engineVersion: manifest.image ?? sandbox.system,
          engineDigest: null,
          device: null,
          threads,
          sandbox: sandbox.kind,
        },
        durations: { totalSeconds: result.totalSeconds, cpuSeconds: result.usage.cpuSeconds },
      };
    },
    readPeakBytes: () => peakMemoryBytes,
    close,
  };
}
