import { availableParallelism, tmpdir } from 'node:os';
import type { CheckedBundle } from '@holdout/bundle';
import { unpackBundle } from '@holdout/bundle/node';
import { HoldoutError, type RunLimits } from '@holdout/contracts';
import {
  keepProcessReady,
  listGpus,
  makeOwnFolder,
  openPredictor,
  type Predicted,
  removeAbandonedFolders,
  type Sandbox,
} from '@holdout/runner';
import { CommandError } from '../command-error.js';
import { printable } from '../terminal/printable.js';
import { startProgress } from '../terminal/progress.js';
import type { SampleStudy } from './read-sample.js';

interface SampleRun {
  readonly sandbox: Sandbox;
  readonly studies: readonly SampleStudy[];
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
}

/** What a run on the sample brought. */
export type SampleResult = Predicted & {
  /** The first study, predicted a second time. */
  readonly again: Predicted;
  readonly peakMemoryBytes: number;
};

/**
 * Runs a checked bundle on sample studies as the server would: unpacked anew, in a sandbox, with limits.
 * How far it is, and what it prints, is shown on standard error.
 *
 * @throws HoldoutError with the bundle's fault; CommandError `sample_invalid` where a picture can't be read
 */
export async function runOnSample(
  { files, manifest }: Pick<CheckedBundle, 'files' | 'manifest'>,
  { sandbox, studies, limits, signal }: SampleRun,
): Promise<SampleResult> {
  const images = studies.flatMap((study) => study.images);
  const progress = startProgress({ what: 'Images', total: images.length });
  const onLog = (line: string) => progress.note(`  ${printable(line)}`);
  // What an earlier check left that was killed.
  await Promise.all([removeAbandonedFolders(tmpdir()), sandbox.removeAbandoned()]);
  const models = keepProcessReady({ sandbox, makeFolder });
  try {
    const unpack = (directory: string) => unpackBundle(files, directory);
    const threads = availableParallelism();
    // As on a server: a model gets one where its phase says so, which is not known here.
    const gpus = manifest.engine === 'command' ? listGpus() : [];
    const ways = { sandbox, models, gpus, signal };
    const predictor = await openPredictor({ manifest, limits, threads, ...ways, makeFolder, unpack });
    let predicted: Predicted;
    let again: Predicted;
    let peakMemoryBytes = 0;
    try {
      predicted = await predictor.run({ studies, signal, onProgress: progress.update, onLog });
      progress.note('  — Once more, with one study alone. —');
      again = await predictor.run({ studies: studies.slice(0, 1), signal, onLog });
    } finally {
      peakMemoryBytes = await predictor.close();
    }
    return { ...predicted, again, peakMemoryBytes };
  } catch (error) {
    throw explainSampleFault(error, images);
  } finally {
    await models.close();
    progress.stop();
  }
}

function makeFolder(): string {
  return makeOwnFolder(tmpdir());
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
