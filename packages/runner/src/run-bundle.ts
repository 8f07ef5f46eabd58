import { availableParallelism } from 'node:os';
import { HoldoutError, type ResolvedManifest } from '@holdout/contracts';
import type { RunMessage, RunProvenance } from './protocol.js';
import { type ChildEnd, startChild } from './start-child.js';
import { watchMemory } from './watch-memory.js';

export interface RunImage {
  /** Absolute path of a file on disk. */
  readonly path: string;
}

export interface RunOptions {
  /** The unpacked and checked bundle. */
  readonly bundleDirectory: string;
  readonly manifest: ResolvedManifest;
  readonly images: readonly RunImage[];
  /** Wall-clock time from the start of the process to its last prediction. */
  readonly timeLimitSeconds: number;
  /** Resident memory of the process. */
  readonly memoryLimitBytes: number;
  /** For the engine; all cores where it is left out. */
  readonly threads?: number;
  /** Ends the process within a second; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  /** Receives the lines that the process printed, cut to a bounded length and number. */
  readonly onLog?: (line: string) => void;
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
  readonly peakMemoryBytes: number;
}

/**
 * Runs a bundle's model on images, in a process of its own with limits of time and memory.
 *
 * @throws HoldoutError with a code of the bundle's fault (`model_load_failed`, `inference_failed`, `output_…`,
 *   `time_limit_exceeded`, `memory_limit_exceeded`, `runner_crashed`), or with `internal` where an image of ours can't
 *   be read; where `signal` was given, its reason.
 */
export async function runBundle(options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const { bundleDirectory, manifest, images } = options;
  const threads = options.threads ?? availableParallelism();
  const outcome: { result?: Extract<RunMessage, { kind: 'result' }>; fault?: HoldoutError } = {};

  const child = startChild({
    request: { bundleDirectory, manifest, images: images.map(({ path }) => path), threads },
    onLog: options.onLog ?? (() => {}),
    onMessage(message) {
      if (message.kind === 'progress') options.onProgress?.(message.imagesDone, images.length);
      else if (message.kind === 'result') outcome.result = message;
      else outcome.fault ??= describeFault(message.code, message.detail);
    },
  });
  const stopWith = (fault: HoldoutError) => {
    outcome.fault ??= fault;
    child.kill();
  };
  const timer = setTimeout(() => stopWith(timeExceeded(options.timeLimitSeconds)), options.timeLimitSeconds * 1000);
  const memory = watchMemory(child.pid, options.memoryLimitBytes, (usedBytes) =>
    stopWith(memoryExceeded(options.memoryLimitBytes, usedBytes)),
  );
  options.signal?.addEventListener('abort', child.kill, { once: true });
  let end: ChildEnd;
  try {
    end = await child.ended;
  } finally {
    clearTimeout(timer);
    memory.stop();
    options.signal?.removeEventListener('abort', child.kill);
  }
  options.signal?.throwIfAborted();
  if (outcome.fault) throw outcome.fault;
  const { result } = outcome;
  if (!result) throw crashed(end);
  if (result.probabilities.length !== images.length)
    throw new HoldoutError('internal', { detail: 'A prediction is missing.' });
  const { probabilities, provenance, loadSeconds, inferenceSeconds } = result;
  const totalSeconds = (performance.now() - startedAt) / 1000;
  const durations = { loadSeconds, inferenceSeconds, totalSeconds };
  return { probabilities, provenance, durations, peakMemoryBytes: memory.peakBytes() };
}

function describeFault(code: HoldoutError['code'], detail: string): HoldoutError {
  return code === 'internal'
    ? new HoldoutError(code, { cause: new Error(detail) })
    : new HoldoutError(code, { detail });
}

function timeExceeded(limitSeconds: number): HoldoutError {
  return new HoldoutError('time_limit_exceeded', {
    detail: `The limit is ${limitSeconds} s; it was not done by then.`,
  });
}

function memoryExceeded(limitBytes: number, usedBytes: number): HoldoutError {
  const detail = `The limit is ${mebibytes(limitBytes)} MiB; it used ${mebibytes(usedBytes)} MiB.`;
  return new HoldoutError('memory_limit_exceeded', { detail });
}

function crashed({ exitCode, signal }: ChildEnd): HoldoutError {
  const how = signal ? `by the signal ${signal}` : `with the exit code ${exitCode}`;
  return new HoldoutError('runner_crashed', { detail: `It ended ${how} before its last prediction.` });
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
