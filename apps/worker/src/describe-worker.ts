import { availableParallelism, cpus, totalmem } from 'node:os';
import type { WorkerDescription } from '@holdout/contracts';
import { findGpuDevices } from '@holdout/runner';

/** What operators are told of this process and its machine. */
export function describeWorker({
  sandbox,
  engines,
}: Pick<WorkerDescription, 'sandbox' | 'engines'>): WorkerDescription {
  return {
    sandbox,
    engines,
    processor: cpus()[0]?.model.trim() || process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    gpuDevices: findGpuDevices(),
    node: process.version,
  };
}
