import { z } from 'zod';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;
const count = z.number().int().positive();

/** What a bundle may use of a machine, in each of its runs: the check on the sample, and the one on hidden studies. */
export const runLimitsSchema = z.object({
  /** Wall-clock time, from its start to its last prediction. */
  timeLimitSeconds: count,
  /** Of all its processes and threads together; null: as much as its wall-clock time and the cores allow. */
  cpuLimitSeconds: count.nullable(),
  /** Resident memory of all its processes, with what lies in its scratch folder. */
  memoryLimitBytes: count,
  /** Files in its scratch folder, all together. */
  scratchSizeBytes: count,
  /** Processes and threads at one time. */
  processLimit: count,
  /** Files that one process may have open. */
  openFileLimit: count,
  /** Of one file. */
  fileSizeBytes: count,
  /** Of the predictions file. */
  outputSizeBytes: count,
  /** Of all that it prints. */
  logSizeBytes: count,
});
export type RunLimits = z.infer<typeof runLimitsSchema>;

/** Those besides time and memory. */
export const furtherLimitsSchema = runLimitsSchema.omit({ timeLimitSeconds: true, memoryLimitBytes: true });
export type FurtherLimits = z.infer<typeof furtherLimitsSchema>;

/** What holds where a phase says nothing. */
export const defaultRunLimits: RunLimits = {
  timeLimitSeconds: 30 * 60,
  cpuLimitSeconds: null,
  memoryLimitBytes: 4 * gibibyte,
  scratchSizeBytes: gibibyte,
  processLimit: 256,
  openFileLimit: 1024,
  fileSizeBytes: gibibyte,
  outputSizeBytes: 16 * mebibyte,
  logSizeBytes: mebibyte,
};

const { timeLimitSeconds: _time, memoryLimitBytes: _memory, ...furtherLimits } = defaultRunLimits;
export const defaultFurtherLimits: FurtherLimits = furtherLimits;
