import { mkdtempSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultRunLimits, type ResolvedModelManifest } from '@holdout/contracts';
import { type Gpu, keepProcessReady, type Pixels, type RunImage, runBundle, type Sandbox } from '@holdout/runner';

export interface BundleToRun {
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly images: readonly RunImage[];
  /** What has images decoded already, or keeps them; left out: they are decoded for this run alone. */
  readonly pixels?: Pixels;
  /** Left out: it runs on the processor. */
  readonly gpu?: Gpu;
  readonly onLog?: (line: string) => void;
}

const limits = { ...defaultRunLimits, timeLimitSeconds: 3600, memoryLimitBytes: 16 * 2 ** 30 };
const makeFolder = () => mkdtempSync(join(tmpdir(), 'holdout-bench-'));
/** Until a process that was started ahead is ready, and everything else is quiet. */
const settleMilliseconds = 2000;

export type BundleRun = Awaited<ReturnType<typeof runInSandbox>>;

/** Runs a bundle once on all images, from the start of its sandbox to the end of it. */
export async function runInSandbox(sandbox: Sandbox, bundle: BundleToRun) {
  const { bundleDirectory, ...run } = bundle;
  return await runBundle({
    ...run,
    sandbox,
    limits,
    makeFolder,
    unpack: (folder) => cp(bundleDirectory, folder, { recursive: true }),
  });
}

/** Runs a bundle as a worker does: in a process that was started ahead of it, from its unpacking to its last prediction. */
export async function runAsWorker(
  sandbox: Sandbox,
  bundle: BundleToRun & { readonly pixels: Pixels },
): Promise<BundleRun> {
  const { bundleDirectory, manifest, images, pixels, gpu, onLog } = bundle;
  const models = keepProcessReady({ sandbox, makeFolder, pixels });
  try {
    // The first is started with limits of its own, and again with these.
    await models.start(limits, gpu).close();
    await sleep(settleMilliseconds);
    const model = models.start(limits, gpu);
    let peakMemoryBytes = 0;
    try {
      const startedAt = performance.now();
      await cp(bundleDirectory, model.bundleDirectory, { recursive: true });
      model.load(manifest);
      model.expect(images, manifest.input);
      const run = await model.run({ images, timeLimitSeconds: limits.timeLimitSeconds, ...(onLog ? { onLog } : {}) });
      peakMemoryBytes = model.readPeakBytes();
      const totalSeconds = (performance.now() - startedAt) / 1000;
      return { ...run, peakMemoryBytes, durations: { ...run.durations, totalSeconds } };
    } finally {
      await model.close();
    }
  } finally {
    await models.close();
  }
}
