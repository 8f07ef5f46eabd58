import { availableParallelism } from 'node:os';
import type { RunLimits } from '@holdout/contracts';
import { type HeatMap, type HeatMapMethod, HoldoutError, type ResolvedModelManifest } from '@holdout/contracts';
import { type Device, type DeviceKind, deviceKinds, findKind, processorKinds } from './engines/engine.js';
import { nameEngine } from './engines/name-engine.js';
import { explainEnd, timeExceeded } from './explain-end.js';
import { findArea } from './images/find-area.js';
import type { Pixels } from './images/open-pixels.js';
import type { PixelSet } from './images/pixel-set.js';
import { findPath, type RunImage } from './images/run-image.js';
import type { RunMessage, RunRequest } from './protocol.js';
import { type Showing, showPixels } from './show-pixels.js';
import type { Child, ChildEnd } from './start-child.js';

/** What predictions were made by. */
export interface RunProvenance {
  readonly engine: ResolvedModelManifest['engine'];
  readonly engineVersion: string;
  readonly device: Device;
  /** Which GPU that was, as its driver calls it; null for a processor, and where no driver says. */
  readonly adapter: string | null;
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
  /**
   * Lets the process load the model; a failure is told by the first run.
   *
   * @param devices - those that it may run on; without a GPU only those of the processor are there
   */
  load(manifest: ResolvedModelManifest, threads?: number, devices?: readonly DeviceKind[]): void;
  /**
   * Says which images it will be run on, all at once or some that follow each other: they are decoded from now on. It need not
   * be loaded yet.
   */
  expect(images: readonly RunImage[], input: ResolvedModelManifest['input']): void;
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
  /** The most memory that it had until now. */
  readPeakBytes(): number;
  /** Ends the process, waits for its end, and removes its folders. What it used at most. */
  close(): Promise<Pick<ChildEnd, 'usage'> | null>;
}

/** Of what it printed so many characters are kept to tell why it ended. */
const lastWordsLength = 4000;

/**
 * @param child - a process that has served nobody yet, started with these limits
 * @param pixels - what decodes its images; nothing is decoded inside, where a team's model could change it
 */
export function startModel(child: Child, limits: RunLimits, pixels: Promise<Pixels>): RunningModel {
  const startedAt = performance.now();
  let manifest: ResolvedModelManifest | null = null;
  let fault: HoldoutError | null = null;
  let lastWords = '';
  let runs = 0;
  const expected: Promise<PixelSet>[] = [];
  let isClosed = false;
  // Told to who runs it.
  pixels.catch(() => {});

  /** Images that were expected, or what has just these. */
  async function findPixels(images: readonly RunImage[]): Promise<{ set: PixelSet; first: number }> {
    if (!manifest) throw new Error('A model must be loaded before it is run.');
    for (const each of expected) {
      const set = await each;
      const first = set.find(images);
      if (first !== null) return { set, first };
    }
    return { set: await expectImages(images, manifest.input), first: 0 };
  }

  function expectImages(images: readonly RunImage[], input: ResolvedModelManifest['input']): Promise<PixelSet> {
    const opening = pixels.then((opened) => opened.open(images, input));
    opening.catch(() => {});
    expected.push(opening);
    return opening;
  }

  async function run(options: ImagesOptions): Promise<RunResult> {
    if (!manifest) throw new Error('A model must be loaded before it is run.');
    const beganAt = runs === 0 ? startedAt : performance.now();
    runs += 1;
    const answer = await ask({ kind: 'predict', imageCount: options.images.length }, 'result', options);
    const adapter = child.gpu?.name ?? child.adapter();
    return describeResult(manifest, answer, options.images.length, { beganAt, adapter });
  }

  async function explain({ method, ...options }: Parameters<RunningModel['explain']>[0]): Promise<HeatMap[]> {
    if (!manifest) throw new Error('A model must be loaded before it is run.');
    const { input } = manifest;
    const { images } = options;
    const { maps } = await ask({ kind: 'explain', imageCount: images.length, method }, 'explained', options);
    if (maps.length !== images.length) {
      const detail = `${images.length} images were given ${maps.length} heat maps.`;
      throw new HoldoutError('runner_crashed', { detail });
    }
    const areas = await Promise.all(images.map(async (image) => findArea(await findPath(image), input)));
    return maps.flatMap((map, place) => (areas[place] ? [{ ...map, method, area: areas[place] }] : []));
  }

  /** Sends one request and waits for the answer of its kind, for the end of the process, or for the limit of time. */
  async function ask<Kind extends 'result' | 'explained'>(
    request: RunRequest,
    kind: Kind,
    { images, timeLimitSeconds, signal, onProgress, onLog }: ImagesOptions,
  ): Promise<Answer<Kind>> {
    signal?.throwIfAborted();
    const end = (reason: unknown) => {
      fault ??= reason instanceof HoldoutError ? reason : new HoldoutError('internal', { cause: reason });
      child.kill();
    };
    const timer = setTimeout(() => end(timeExceeded(timeLimitSeconds)), timeLimitSeconds * 1000);
    signal?.addEventListener('abort', child.kill, { once: true });
    let showing: Showing | null = null;
    try {
      const answered = new Promise<Answer<Kind>>((answer) => {
        const onMessage = (message: RunMessage) => {
          if (message.kind === 'progress') onProgress?.(Math.min(message.imagesDone, images.length), images.length);
          else if (message.kind === 'read') showing?.hasRead(message.imagesRead);
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
      child.request(request);
      showing = showPixels(child, await findPixels(images), images.length);
      showing.ended.catch(end);
      const result = await Promise.race([answered, child.ended]);
      signal?.throwIfAborted();
      if (fault) throw fault;
      if (!('kind' in result)) throw explainChildEnd(result);
      return result;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', child.kill);
      child.listen(null);
      await showing?.stop();
      if (fault || signal?.aborted) {
        // Again: it may have answered in spite of its fault, and the signal may have come after the answer.
        child.kill();
        // Whatever went wrong, nothing of it is left when the caller hears of it.
        await child.ended;
      }
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
    load(loaded, threads = availableParallelism(), devices = child.gpu ? deviceKinds : processorKinds) {
      manifest = loaded;
      const bundleDirectory = child.inside.bundle;
      const { memoryLimitBytes } = limits;
      const places = { bundleDirectory, devices: [...devices] };
      child.request({ kind: 'load', manifest, threads, memoryLimitBytes, ...places });
    },
    expect(images, input) {
      // Nobody would let go of them.
      if (!isClosed) expectImages(images, input);
    },
    run,
    explain,
    readPeakBytes: child.readPeakBytes,
    async close() {
      isClosed = true;
      child.finish();
      child.kill();
      const end = await child.ended.catch(() => null);
      for (const each of expected) (await each.catch(() => null))?.close();
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
  { beganAt, adapter }: { beganAt: number; adapter: string | null },
): RunResult {
  if (probabilities.length !== imageCount) {
    throw new HoldoutError('runner_crashed', {
      detail: `${imageCount} images were given ${probabilities.length} predictions.`,
    });
  }
  const totalSeconds = (performance.now() - beganAt) / 1000;
  return {
    probabilities,
    provenance: {
      ...{ engine, engineVersion: nameEngine(engine, placement.device), ...placement },
      adapter: processorKinds.includes(findKind(placement.device)) ? null : adapter,
    },
    durations: { loadSeconds, inferenceSeconds, totalSeconds },
  };
}

/**
 * A model may have taken over the process that speaks here, and a fault of ours costs its team nothing. So none is believed:
 * what is ours, such as an image that can't be read, happens outside.
 */
function describeFault(code: HoldoutError['code'], detail: string): HoldoutError {
  const fault = new HoldoutError(code, { detail });
  if (fault.fault === 'team') return fault;
  return new HoldoutError('runner_crashed', { detail: `It ended with an error of its own. ${detail}`.trim() });
}
