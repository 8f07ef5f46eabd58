import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPackage, findTensorflow } from './engines/tfjs/find-tensorflow.js';
import type { Gpu } from './gpus/gpu.js';
import { gpuWords } from './protocol.js';
import type { Mount, SandboxKind } from './sandbox/sandbox.js';

/** The program that runs a model, and what it reads, as a sandbox shows them. */
export interface RunnerProgram {
  readonly argv: readonly string[];
  readonly mounts: readonly Mount[];
  /** Where the bundle and the images of a run are, as the program sees them. */
  readonly bundleFolder: string;
  readonly imagesFolder: string;
}

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const program = 'dist/child/main.js';
const inside = '/opt/holdout';

/** What it prints goes to standard error, so that its messages have standard output for themselves. */
const separateMessages = ['/bin/sh', '-c', 'exec 3>&1 1>&2; exec "$@"', 'sh'];

/**
 * @param bundleFolder - on this machine; it may be filled later, as the other one
 */
export function describeRunner(
  kind: SandboxKind,
  bundleFolder: string,
  imagesFolder: string,
  gpu: Gpu | null,
): RunnerProgram {
  const words = gpu === null ? [] : [gpu.isSoftware ? gpuWords.software : gpuWords.real];
  if (kind === 'none') {
    const argv = [...separateMessages, process.execPath, join(packageFolder, program), ...words];
    return { argv, mounts: [], bundleFolder, imagesFolder };
  }
  return {
    argv: [...separateMessages, `${inside}/bin/node`, `${inside}/packages/runner/${program}`, ...words],
    mounts: [
      { source: process.execPath, target: `${inside}/bin/node` },
      ...listModules(),
      { source: bundleFolder, target: `${inside}/bundle` },
      { source: imagesFolder, target: `${inside}/images` },
    ],
    bundleFolder: `${inside}/bundle`,
    imagesFolder: `${inside}/images`,
  };
}

/** The rooms that the program is made of, and the folder of all packages; of this machine's own paths nothing is seen. */
function listModules(): Mount[] {
  const require = createRequire(import.meta.url);
  const contracts = resolve(dirname(require.resolve('@holdout/contracts')), '..');
  const packages = resolve(dirname(require.resolve('onnxruntime-node/package.json')), '..');
  return [
    { source: packages, target: `${inside}/node_modules` },
    { source: packageFolder, target: `${inside}/packages/runner` },
    { source: contracts, target: `${inside}/packages/contracts` },
    ...listTensorflow(packages),
  ];
}

/** TensorFlow may lie in a folder of packages further up, as it does in our image for GPUs; Node looks for it there, too. */
function listTensorflow(packages: string): Mount[] {
  const name = findTensorflow('cuda') ?? findTensorflow('cpu');
  const found = name === null ? null : findPackage(name);
  if (found === null) return [];
  const folder = resolve(dirname(found), '..', '..');
  return folder === packages ? [] : [{ source: folder, target: `${dirname(inside)}/node_modules` }];
}
