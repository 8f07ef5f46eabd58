import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the numbers depend on, for the JSON and for the line above the table. */
export function describeMachine() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
