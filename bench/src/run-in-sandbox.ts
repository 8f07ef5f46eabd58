import { mkdtempSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits, type ResolvedModelManifest } from '@holdout/contracts';
import { type Pixels, type RunImage, runBundle, type Sandbox } from '@holdout/runner';

export interface BundleToRun {
  readonly bundleDirectory: string;
  readonly manifest: ResolvedModelManifest;
  readonly images: readonly RunImage[];
  /** What has images decoded already, or keeps them; left out: they are decoded for this run alone. */
  readonly pixels?: Pixels;
}

export type BundleRun = Awaited<ReturnType<typeof runInSandbox>>;

/** Runs a bundle once on all images, from the start of its sandbox to the end of it. */
export async function runInSandbox(sandbox: Sandbox, bundle: BundleToRun) {
  const { bundleDirectory, ...run } = bundle;
  return await runBundle({
    ...run,
    sandbox,
    limits: { ...defaultRunLimits, timeLimitSeconds: 3600, memoryLimitBytes: 16 * 2 ** 30 },
    makeFolder: () => mkdtempSync(join(tmpdir(), 'holdout-bench-')),
    unpack: (folder) => cp(bundleDirectory, folder, { recursive: true }),
  });
}
