import { isDeepStrictEqual } from 'node:util';
import { defaultRunLimits, type ResolvedModelManifest, type RunLimits } from '@holdout/contracts';
import type { Gpu } from './gpus/gpu.js';
import { openPixelsForOnce, type Pixels } from './images/open-pixels.js';
import { type Child, type ChildOptions, startChild } from './start-child.js';
import { type RunningModel, startModel } from './start-model.js';

/** Starts models without a wait for their process. */
export interface ModelStarter {
  /** A process of its own for one bundle, held to these limits, which sees this GPU. Close it, whatever happens. */
  start(limits: RunLimits, gpu?: Gpu | null): RunningModel;
  /** The GPU that the waiting process sees. To take that one saves the start of another process. */
  readonly waitingGpu: () => Gpu | null;
  /** Ends the process that waits; models that run are closed by whoever started them. */
  close(): Promise<void>;
}

/**
 * Keeps one process started ahead in its sandbox, with what it needs already loaded. It knows nothing until it is given
 * a bundle, serves that one and ends; the next is started when that has ended, so that it takes nothing from a running
 * model. It has the limits that were asked for last, and sees the GPU of the last, since the kernel holds it to both from its
 * start; the engine of the last is loaded in it. It has not taken that GPU, and does no work on it: whoever starts a model has.
 *
 * @param options.pixels - what decodes images; where it is left out, nothing decoded outlives a model
 */
export function keepProcessReady(options: Omit<ChildOptions, 'limits' | 'gpu'> & { pixels?: Pixels }): ModelStarter {
  /** Only where a model is run: programs need none. */
  let ownPixels: Promise<Pixels> | null = null;
  const openPixels = async () => {
    if (options.pixels) return options.pixels;
    ownPixels ??= openPixelsForOnce(options.makeFolder);
    return await ownPixels;
  };
  let waiting: Waiting | null = null;
  let closed = false;
  let later: NodeJS.Timeout | undefined;
  let limits: RunLimits = defaultRunLimits;
  let gpu: Gpu | null = null;
  let engine: ResolvedModelManifest['engine'] = 'onnx';

  const prepare = () => {
    if (!closed && options.sandbox.mayWait) waiting ??= startWaiting({ ...options, limits, gpu }, engine);
  };
  const take = (wanted: RunLimits, wantedGpu: Gpu | null): Child => {
    const taken = waiting;
    waiting = null;
    const isAsWanted = isDeepStrictEqual([toKernel(limits), gpu], [toKernel(wanted), wantedGpu]);
    const fits = taken && !taken.hasEnded && isAsWanted;
    limits = wanted;
    gpu = wantedGpu;
    if (fits) return taken.child;
    if (taken) void end(taken.child);
    return startChild({ ...options, limits, gpu });
  };
  prepare();
  return {
    waitingGpu: () => waiting?.child.gpu ?? null,
    start(wanted, wantedGpu = null) {
      const model = startModel(take(wanted, wantedGpu), wanted, openPixels());
      return {
        ...model,
        load(manifest, threads, devices) {
          engine = manifest.engine;
          model.load(manifest, threads, devices);
        },
        async close() {
          const ended = await model.close();
          // The machine is left to what comes after a run, for the moment that it takes.
          clearTimeout(later);
          later = setTimeout(prepare, pauseMilliseconds).unref();
          return ended;
        },
      };
    },
    async close() {
      closed = true;
      clearTimeout(later);
      if (waiting) await end(waiting.child);
      waiting = null;
      if (ownPixels) await (await ownPixels.catch(() => null))?.close();
    },
  };
}

/** What is predicted is scored by then. */
const pauseMilliseconds = 200;

interface Waiting {
  readonly child: Child;
  /** Something may end it while it waits, such as a machine without memory. */
  hasEnded: boolean;
}

function startWaiting(options: ChildOptions, engine: ResolvedModelManifest['engine']): Waiting {
  const waiting = { child: startChild(options), hasEnded: false };
  const noteEnd = () => {
    waiting.hasEnded = true;
  };
  waiting.child.request({ kind: 'prepare', engine });
  waiting.child.ended.then(noteEnd, noteEnd);
  return waiting;
}

async function end(child: Child): Promise<void> {
  child.kill();
  await child.ended.catch(() => {});
  await child.remove();
}

/** Wall-clock time is kept by us, run by run. */
function toKernel({ timeLimitSeconds: _, ...limits }: RunLimits): Omit<RunLimits, 'timeLimitSeconds'> {
  return limits;
}
