import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { RunLimits } from '@holdout/contracts';
import { type HeatMap, type HeatMapMethod, HoldoutError, type ResolvedModelManifest } from '@holdout/contracts';
import type { Device } from './engines/engine.js';
import { nameEngine } from './engines/name-engine.js';
import { explainEnd, timeExceeded } from './explain-end.js';
import { findUnreadable } from './images/prepare-image.js';
import { clearImages, placeImages } from './place-images.js';
import type { RunMessage, RunRequest } from './protocol.js';
import type { Child, ChildEnd } from './start-child.js';

export interface RunImage {
  /** Absolute path of a file on disk. */
  readonly path: string;
}

/** What predictions were made by. */
export interface RunProvenance {
  readonly engine: ResolvedModelManifest['engine'];
  readonly engineVersion: string;
  readonly device: Device;
  readonly threads: number;
  readonly batchSize: number;
}

export interface RunResult {
  /** The probability of *abnormal* of each image, 0..1, in the order of `images`. */
  readonly probabilities: number[];
  readonly provenance: RunProvenance;
  readonly durations: {
    readonly loadSeconds: number;
    readonly inferenceSeconds: number;
    readonly totalSeconds: number;
  };
}

interface ImagesOptions {
  readonly images: readonly RunImage[];
  /** Wall-clock time of this run; that of the first includes the start of the process. */
  readonly timeLimitSeconds: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  readonly onLog?: (line: string) => void;
}

/** A bundle's model in a process of its own inside a sandbox, loaded once for any number of runs. */
export interface RunningModel {
  /** Where the checked bundle is unpacked to, before it is loaded. */
  readonly bundleDirectory: string;
  /** Lets the process load the model; a failure is told by the first run. */
  load(manifest: ResolvedModelManifest, threads?: number): void;
  /**
   * Predicts one list of images; one list at a time.
   *
   * @throws HoldoutError with a code of the bundle's fault (`model_load_failed`, `inference_failed`, `output_…`,
   *   `…_limit_exceeded`, `runner_crashed`), or of ours: `internal` where an image can't be read, `runner_killed`,
   *   `sandbox_unavailable`; where `signal` was given, its reason. The process has ended then.
   */
  run(options: ImagesOptions): Promise<RunResult>;
  /**
   * Says where the model looks in each of a list of images.
   *
   * @param options.method - `cam` needs a manifest that names feature maps, and an ONNX model that gives them
   * @throws HoldoutError as `run`, and `cam_mismatch`
   */
  explain(options: ImagesOptions & { readonly method: HeatMapMethod }): Promise<HeatMap[]>;
  /** Ends the process, waits for its end, and removes its folders. What it used at most. */
  close(): Promise<Pick<ChildEnd, 'usage'> | null>;
}

/** Of what it printed so many characters are kept to tell why it ended. */
const lastWordsLength = 4000;

/** @param child - a process that has served nobody yet, started with these limits */
export function startModel(child: Child, limits: RunLimits): RunningModel {
  const startedAt = performance.now();
  let manifest: ResolvedModelManifest | null = null;
  let fault: HoldoutError | null = null;
  let lastWords = '';
  let runs = 0;

  async function run(options: ImagesOptions): Promise<RunResult> {
    if (!manifest) throw new Error('A model must be loaded before it is run.');
    const beganAt = runs === 0 ? startedAt : performance.now();
    runs += 1;
    const answer = await ask((images) => ({ kind: 'predict', images }), 'result', options);
    return describeResult(manifest, answer, options.images.length, beganAt);
  }

  async function explain({ method, ...options }: Parameters<RunningModel['explain']>[0]): Promise<HeatMap[]> {
    const { maps } = await ask((images) => ({ kind: 'explain', images, method }), 'explained', options);
    if (maps.length === options.images.length) return maps;
    throw new HoldoutError('runner_crashed', {
      detail: `${options.images.length} images were given ${maps.length} heat maps.`,
    });
  }

  /** Sends one request and waits for the answer of its kind, for the end of the process, or for the limit of time. */
  async function ask<Kind extends 'result' | 'explained'>(
    describeRequest: (images: string[]) => RunRequest,
    kind: Kind,
    { images, timeLimitSeconds, signal, onProgress, onLog }: ImagesOptions,
  ): Promise<Answer<Kind>> {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      fault ??= timeExceeded(timeLimitSeconds);
      child.kill();
    }, timeLimitSeconds * 1000);
    signal?.addEventListener('abort', child.kill, { once: true });
    try {
      const names = await placeImages(images, child.imagesDirectory);
      const answered = new Promise<Answer<Kind>>((answer) => {
        const onMessage = (message: RunMessage) => {
          if (message.kind === 'progress') onProgress?.(Math.min(message.imagesDone, images.length), images.length);
          else if (message.kind === 'log') onLog?.(message.line);
          else if (isOfKind(message, kind)) answer(message);
          else if (message.kind === 'fault') fault ??= describeFault(message.code, message.detail);
        };
        const hearLog = (line: string) => {
          lastWords = `${lastWords}\n${line}`.slice(-lastWordsLength);
          onLog?.(line);
        };
        child.listen({ onMessage, onLog: hearLog });
      });
      child.request(describeRequest(names.map((name) => join(child.inside.images, name))));
      const result = await Promise.race([answered, child.ended]);
      signal?.throwIfAborted();
      if (fault) throw await judgeFault(fault, images);
      if (!('kind' in result)) throw explainChildEnd(result);
      return result;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', child.kill);
      child.listen(null);
      // Whatever went wrong, nothing of it is left when the caller hears of it.
      if (fault || signal?.aborted) await child.ended;
      // They go with the folder then.
      else await clearImages(child.imagesDirectory);
    }
  }

  function explainChildEnd(reported: ChildEnd): HoldoutError {
    // A model is no program, and ours never ends itself so: it was ended from outside, though the sandbox can't tell.
    const killedFromOutside = reported.killedFromOutside || reported.signal === 'SIGKILL';
    const end = { ...reported, killedFromOutside };
    if (end.hasBegun || end.exceeded)
      return explainEnd({ end, limits, lastWords, scratchUsedBytes: null }, 'runner_crashed');
    if (killedFromOutside) return new HoldoutError('runner_killed');
    return new HoldoutError('sandbox_unavailable', { cause: new Error(lastWords) });
  }

  return {
    bundleDirectory: child.bundleDirectory,
    load(loaded, threads = availableParallelism()) {
      manifest = loaded;
      child.request({ kind: 'load', bundleDirectory: child.inside.bundle, manifest, threads });
    },
    run,
    explain,
    async close() {
      child.finish();
      child.kill();
      const end = await child.ended.catch(() => null);
      await child.remove();
      return end;
    },
  };
}

type Answer<Kind extends RunMessage['kind']> = Extract<RunMessage, { kind: Kind }>;

function isOfKind<Kind extends RunMessage['kind']>(message: RunMessage, kind: Kind): message is Answer<Kind> {
  return message.kind === kind;
}

function describeResult(
  { engine }: ResolvedModelManifest,
  { probabilities, placement, loadSeconds, inferenceSeconds }: Answer<'result'>,
  imageCount: number,
  beganAt: number,
): RunResult {
  if (probabilities.length !== imageCount) {
    throw new HoldoutError('runner_crashed', {
      detail: `${imageCount} images were given ${probabilities.length} predictions.`,
    });
  }
  const totalSeconds = (performance.now() - beganAt) / 1000;
  return {
    probabilities,
    provenance: { engine, engineVersion: nameEngine(engine), ...placement },
    durations: { loadSeconds, inferenceSeconds, totalSeconds },
  };
}

/**
 * A model may have taken over the process that speaks here, and a fault of ours costs its team nothing. So a fault of ours
 * is believed only where we find the same: an image that can't be read.
 */
async function judgeFault(fault: HoldoutError, images: readonly RunImage[]): Promise<HoldoutError> {
  if (fault.fault === 'team' || (await findUnreadable(images))) return fault;
  const words = fault.cause instanceof Error ? fault.cause.message : '';
  return new HoldoutError('runner_crashed', { detail: `It ended with an error of its own. ${words}`.trim() });
}

function describeFault(code: HoldoutError['code'], detail: string): HoldoutError {
  return code === 'internal'
    ? new HoldoutError(code, { cause: new Error(detail) })
    : new HoldoutError(code, { detail });
}
