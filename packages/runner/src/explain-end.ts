import { type ErrorCode, HoldoutError, type RunLimits } from '@holdout/contracts';
import type { SandboxEnd } from './sandbox/sandbox.js';

/** What is known of a program that ended before it had done its work. */
interface Evidence {
  readonly end: SandboxEnd;
  readonly limits: RunLimits;
  /** The last lines that it printed. */
  readonly lastWords: string;
  /** What lay in its scratch folder when it ended; null where it is not known. */
  readonly scratchUsedBytes: number | null;
}

/**
 * Why a program ended early. What the kernel counted comes first; a limit that the kernel only answers with an error, such
 * as that of open files, is known by the words of that error and by the program having failed.
 *
 * @param fallback - the code where no limit was in the way
 */
export function explainEnd(evidence: Evidence, fallback: 'runner_crashed' | 'command_failed'): HoldoutError {
  const { end } = evidence;
  if (end.killedFromOutside && end.exceeded === null) return new HoldoutError('runner_killed');
  const limit = findLimit(evidence);
  if (limit) return limit;
  const how = end.signal ? `by the signal ${end.signal}` : `with the exit code ${end.exitCode}`;
  return new HoldoutError(end.signal ? 'runner_crashed' : fallback, { detail: `It ended ${how}.` });
}

function findLimit({ end, limits, lastWords, scratchUsedBytes }: Evidence): HoldoutError | null {
  const { exceeded, signal, usage } = end;
  const says = (words: RegExp) => words.test(lastWords);
  if (
    exceeded === 'memory' ||
    says(/\bMemoryError\b|Cannot allocate memory|std::bad_alloc|JavaScript heap out of memory/)
  ) {
    return memoryExceeded(limits.memoryLimitBytes, Math.min(usage.peakMemoryBytes, limits.memoryLimitBytes));
  }
  if (exceeded === 'cpu' || signal === 'SIGXCPU') {
    return overLimit(
      'cpu_limit_exceeded',
      `${limits.cpuLimitSeconds} s of CPU time`,
      `${usage.cpuSeconds.toFixed(1)} s`,
    );
  }
  const noMoreProcesses = /can't start new thread|Resource temporarily unavailable|Cannot fork|EAGAIN|pthread_create/;
  if (exceeded === 'processes' || says(noMoreProcesses)) {
    const most = Math.max(usage.peakProcesses, limits.processLimit);
    return overLimit('process_limit_exceeded', `${limits.processLimit} processes and threads`, `at least ${most}`);
  }
  if (says(/Too many open files|EMFILE/)) {
    return overLimit('open_file_limit_exceeded', `${limits.openFileLimit} open files in a process`, 'all of them');
  }
  if (signal === 'SIGXFSZ' || says(/File too large|EFBIG/)) {
    return overLimit('file_size_limit_exceeded', `${mebibytes(limits.fileSizeBytes)} for one file`, 'more');
  }
  const isFull = scratchUsedBytes !== null && scratchUsedBytes > 0.99 * limits.scratchSizeBytes;
  if (isFull || says(/No space left on device|ENOSPC/)) {
    const used = scratchUsedBytes === null ? 'all of it' : mebibytes(scratchUsedBytes);
    return overLimit('scratch_limit_exceeded', `${mebibytes(limits.scratchSizeBytes)} of scratch space`, used);
  }
  return null;
}

export function timeExceeded(limitSeconds: number): HoldoutError {
  return new HoldoutError('time_limit_exceeded', {
    detail: `The limit is ${limitSeconds} s; it was not done by then.`,
  });
}

export function describeLogLimit(limitBytes: number): string {
  return `The limit is ${mebibytes(limitBytes)} of printed text; it printed more.`;
}

export function outputExceeded(limitBytes: number, usedBytes: number): HoldoutError {
  return overLimit('output_limit_exceeded', `${mebibytes(limitBytes)} for the predictions file`, mebibytes(usedBytes));
}

function memoryExceeded(limitBytes: number, usedBytes: number): HoldoutError {
  return overLimit('memory_limit_exceeded', mebibytes(limitBytes), mebibytes(usedBytes));
}

function overLimit(code: ErrorCode, limit: string, used: string): HoldoutError {
  return new HoldoutError(code, { detail: `The limit is ${limit}; it used ${used}.` });
}

function mebibytes(bytes: number): string {
  const value = bytes / 1024 / 1024;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} MiB`;
}
