import { availableParallelism, tmpdir } from 'node:os';
import type { CheckedBundle } from '@holdout/bundle';
import { unpackBundle } from '@holdout/bundle/node';
import { defaultRunLimits, type HeatMap, type HeatMapMethod } from '@holdout/contracts';
import {
  explainImages,
  findUnreadable,
  keepProcessReady,
  makeOwnFolder,
  removeAbandonedFolders,
  type Sandbox,
} from '@holdout/runner';
import { CommandError } from '../command-error.js';
import { printable } from '../terminal/printable.js';
import { startProgress } from '../terminal/progress.js';

interface Explaining {
  readonly sandbox: Sandbox;
  readonly path: string;
  readonly method: HeatMapMethod;
  readonly signal: AbortSignal;
}

/** As `holdout check` has them where nothing else is said. */
const limits = { ...defaultRunLimits, timeLimitSeconds: 600, memoryLimitBytes: 4 * 1024 ** 3 };

/**
 * Where a checked bundle's model looks in one picture, found in a sandbox.
 *
 * @throws HoldoutError with the bundle's fault; CommandError `sample_invalid`; the file system's error
 */
export async function explainImage(
  { files, manifest }: Pick<CheckedBundle, 'files' | 'manifest'>,
  { sandbox, path, method, signal }: Explaining,
): Promise<HeatMap> {
  if (await findUnreadable([{ path }])) {
    throw new CommandError({
      code: 'sample_invalid',
      title: `${path} is no picture that can be read.`,
      next: 'Name a PNG or a JPEG.',
    });
  }
  const progress = startProgress({ what: 'Images', total: 1 });
  await Promise.all([removeAbandonedFolders(tmpdir()), sandbox.removeAbandoned()]);
  const makeFolder = () => makeOwnFolder(tmpdir());
  const models = keepProcessReady({ sandbox, makeFolder });
  try {
    const [map] = await explainImages({
      ...{ manifest, limits, sandbox, models, makeFolder, method, signal },
      threads: availableParallelism(),
      unpack: (directory) => unpackBundle(files, directory),
      images: [{ path }],
      onProgress: progress.update,
      onLog: (line) => progress.note(`  ${printable(line)}`),
    });
    if (!map) throw new Error('One picture was given no heat map.');
    return map;
  } finally {
    await models.close();
    progress.stop();
  }
}
