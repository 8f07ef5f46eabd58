import { availableParallelism } from 'node:os';
import { HoldoutError, type ResolvedModelManifest } from '@holdout/contracts';
import type { RunMessage, RunProvenance } from './protocol.js';
import { type Child, type ChildEnd, startChild } from './start-child.js';
import { watchMemory } from './watch-memory.js';

export interface RunImage {
  /** Absolute path of a file on disk. */
  readonly path: string;
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

export interface ModelOptions {
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly memoryLimitBytes: number;
  readonly threads?: number;
}

interface ImagesOptions {
  readonly images: readonly RunImage[];
  /** Wall-clock time of this run; that of the first includes the start of the process. */
  readonly timeLimitSeconds: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (imagesDone: number, imagesTotal: number) => void;
  readonly onLog?: (line: string) => void;
}

/** A bundle's model in a process of its own, loaded once for any number of runs. */
export interface RunningModel {
  /**
   * Predicts one list of images; one list at a time.
   *
   * @throws HoldoutError with a code of the bundle's fault (`model_load_failed`, `inference_failed`, `output_…`,
   *   `time_limit_exceeded`, `memory_limit_exceeded`, `runner_crashed`), or of ours: `internal` where an image can't
   *   be read, `runner_killed`; where `signal` was given, its reason. The process has ended then.
   */
  run(options: ImagesOptions): Promise<RunResult>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

/**
 * Lets a process load the model; failures are told by the first run.
 *
 * @param child - a process that has served nobody yet; one is started where it is left out
 */
export function startModel(options: ModelOptions, child: Child = startChild()): RunningModel {
  const startedAt = performance.now();
  const { bundleDirectory, manifest, memoryLimitBytes, threads = availableParallelism() } = options;
  let fault: HoldoutError | null = null;
  const stopWith = (reason: HoldoutError) => {
    fault ??= reason;
    child.kill();
  };
  const memory = watchMemory(child.pid, memoryLimitBytes, (used) => stopWith(memoryExceeded(memoryLimitBytes, used)));
  child.request({ kind: 'load', bundleDirectory, manifest, threads });
  let runs = 0;

  async function run({ images, timeLimitSeconds, signal, onProgress, onLog }: ImagesOptions): Promise<RunResult> {
    signal?.throwIfAborted();
    const beganAt = runs === 0 ? startedAt : performance.now();
    runs += 1;
    const timer = setTimeout(() => stopWith(timeExceeded(timeLimitSeconds)), timeLimitSeconds * 1000);
    signal?.addEventListener('abort', child.kill, { once: true });
    try {
      const answered = new Promise<Answer>((answer) => {
        const onMessage = (message: RunMessage) => {
          if (message.kind === 'progress') onProgress?.(message.imagesDone, images.length);
          else if (message.kind === 'log') onLog?.(message.line);
          else if (message.kind === 'result') answer(message);
          else fault ??= describeFault(message.code, message.detail);
        };
        child.listen({ onMessage, onLog: onLog ?? (() => {}) });
      });
      child.request({ kind: 'predict', images: images.map(({ path }) => path) });
      const result = await Promise.race([answered, child.ended]);
      signal?.throwIfAborted();
      if (fault) throw fault;
      if (!('kind' in result)) throw crashed(result);
      return describeResult(result, images.length, beganAt, memory.peakBytes());
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', child.kill);
      child.listen(null);
      // Whatever went wrong, nothing of it is left when the caller hears of it.
      if (fault || signal?.aborted) await child.ended;
    }
  }

  return {
    run,
    async close() {
      child.finish();
      child.kill();
      memory.stop();
      await child.ended;
    },
  };
}

type Answer = Extract<RunMessage, { kind: 'result' }>;

function describeResult(result: Answer, imageCount: number, beganAt: number, peakMemoryBytes: number): RunResult {
  const { probabilities, provenance, loadSeconds, inferenceSeconds } = result;
  if (probabilities.length !== imageCount) {
    throw new HoldoutError('internal', {
      detail: `${imageCount} images were given ${probabilities.length} predictions.`,
    });
  }
  const totalSeconds = (performance.now() - beganAt) / 1000;
  return { probabilities, provenance, durations: { loadSeconds, inferenceSeconds, totalSeconds }, peakMemoryBytes };
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

/** Nothing kills itself by SIGKILL, and this was not us: it was an operator, or a kernel without memory. */
function crashed({ exitCode, signal }: ChildEnd): HoldoutError {
  if (signal === 'SIGKILL') return new HoldoutError('runner_killed');
  const how = signal ? `by the signal ${signal}` : `with the exit code ${exitCode}`;
  return new HoldoutError('runner_crashed', { detail: `It ended ${how} before its last prediction.` });
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
