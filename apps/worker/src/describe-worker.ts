import { availableParallelism, cpus, totalmem } from 'node:os';
import type { WorkerDescription } from '@holdout/contracts';
import type { Gpu } from '@holdout/runner';

/** What operators are told of this process and its machine. */
export function describeWorker({
  sandbox,
  engines,
  gpus = [],
}: Pick<WorkerDescription, 'sandbox' | 'engines'> & { readonly gpus?: readonly Gpu[] }): WorkerDescription {
  return {
    sandbox,
    engines,
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gpuDevices: [...new Set(gpus.flatMap(({ files }) => files))].sort(),
    node: process.version,
  };
}
