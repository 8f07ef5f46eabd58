import type { ResolvedModelManifest } from '@holdout/contracts';
import type { DeviceKind } from './engines/engine.js';
import { openPixelsForOnce, type Pixels } from './images/open-pixels.js';
import type { RunImage } from './images/run-image.js';
import { type ChildOptions, startChild } from './start-child.js';
import { type RunningModel, type RunResult, startModel } from './start-model.js';

type RunOptions = ChildOptions &
  Omit<Parameters<RunningModel['run']>[0], 'timeLimitSeconds'> & {
    readonly manifest: ResolvedModelManifest;
    readonly images: readonly RunImage[];
    /** For the engine; all cores where it is left out. */
    readonly threads?: number;
    /** What decodes images; where it is left out, nothing decoded outlives the run. */
    readonly pixels?: Pixels;
    /** Those that it may run on. */
    readonly devices?: readonly DeviceKind[];
    /** Puts the checked bundle's files into a folder. */
    readonly unpack: (directory: string) => Promise<void>;
  };

/** Runs a bundle's model on one list of images: starts it, predicts, and ends it. Throws what `RunningModel.run` does. */
export async function runBundle(options: RunOptions): Promise<RunResult & { peakMemoryBytes: number }> {
  const { limits, manifest, threads, devices, unpack } = options;
  const pixels = options.pixels ?? (await openPixelsForOnce(options.makeFolder));
  const model = startModel(startChild(options), limits, Promise.resolve(pixels));
  let result: RunResult;
  let peakMemoryBytes = 0;
  try {
    await unpack(model.bundleDirectory);
    model.load(manifest, threads, devices);
    model.expect(options.images, manifest.input);
    result = await model.run({ ...options, timeLimitSeconds: limits.timeLimitSeconds });
  } finally {
    peakMemoryBytes = (await model.close())?.usage.peakMemoryBytes ?? 0;
    if (!options.pixels) await pixels.close();
  }
  return { ...result, peakMemoryBytes };
}
