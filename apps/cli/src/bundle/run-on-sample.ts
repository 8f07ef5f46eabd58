import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckedBundle } from '@holdout/bundle';
import { unpackBundle } from '@holdout/bundle/node';
import { HoldoutError, type ResolvedModelManifest } from '@holdout/contracts';
import { type RunResult, runBundle } from '@holdout/runner';
import { CommandError } from '../command-error.js';
import { printable } from '../terminal/printable.js';
import { startProgress } from '../terminal/progress.js';
import { withTemporaryFolder } from './open-bundle.js';
import type { SampleStudy } from './read-sample.js';

interface SampleRun {
  readonly studies: readonly SampleStudy[];
  readonly timeLimitSeconds: number;
  readonly memoryLimitBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a checked bundle on sample studies as the server would: unpacked anew, in a process of its own, with limits.
 * How far it is, and what its process prints, is shown on standard error.
 *
 * @throws HoldoutError with the bundle's fault; CommandError `sample_invalid` where a picture can't be read
 */
export async function runOnSample(
  { files, manifest }: Pick<CheckedBundle, 'files'> & { manifest: ResolvedModelManifest },
  { studies, ...limits }: SampleRun,
): Promise<RunResult> {
  return await withTemporaryFolder(async (folder) => {
    const bundleDirectory = join(folder, 'bundle');
    await mkdir(bundleDirectory);
    await unpackBundle(files, bundleDirectory);
    const images = studies.flatMap((study) => study.images.map((path) => ({ path })));
    const progress = startProgress({ what: 'Images', total: images.length });
    try {
      return await runBundle({
        bundleDirectory,
        manifest,
        images,
        ...limits,
        onProgress: progress.update,
        onLog: (line) => progress.note(`  ${printable(line)}`),
      });
    } catch (error) {
      throw explainSampleFault(error, images);
    } finally {
      progress.stop();
    }
  });
}

/** On a server a picture that can't be read is the server's fault; here it is one of the person's own. */
function explainSampleFault(error: unknown, images: readonly { path: string }[]): unknown {
  if (!(error instanceof HoldoutError && error.code === 'internal' && error.cause instanceof Error)) return error;
  const place = /[Ii]mage (\d+)/.exec(error.cause.message)?.[1];
  const path = place === undefined ? undefined : images[Number(place) - 1]?.path;
  return new CommandError({
    code: 'sample_invalid',
    title: `A picture of the sample can’t be read. ${error.cause.message}${path === undefined ? '' : ` It is ${path}.`}`,
    next: 'Replace the picture, or name other studies by --sample DIR.',
    cause: error,
  });
}
