import { type ErrorCode, HoldoutError, type RunLimits, showSize } from '@holdout/contracts';
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
  const why = end.exitCode === notFound ? ': a program that it names was not found where it ran' : '';
  return new HoldoutError(end.signal ? 'runner_crashed' : fallback, { detail: `It ended ${how}${why}.` });
}

/** Of a shell, and of `env`. */
const notFound = 127;

function findLimit({ end, limits, lastWords, scratchUsedBytes }: Evidence): HoldoutError | null {
  const { exceeded, signal, usage } = end;
  // Only what it ended with: a program may say such things and go on.
  const ending = lastWords.trimEnd().split('\n').slice(-endingLines).join('\n');
  const says = (words: RegExp) => words.test(ending);
  const wantsMemory = /\bMemoryError\b|Cannot allocate memory|std::bad_alloc/;
  if (exceeded === 'memory' || says(wantsMemory) || /JavaScript heap out of memory/.test(lastWords)) {
    return memoryExceeded(limits.memoryLimitBytes, usage.peakMemoryBytes);
  }
  if (exceeded === 'cpu' || signal === 'SIGXCPU') {
    // It was ended as soon as it had used them up, which may be before they were seen.
    const used = Math.max(usage.cpuSeconds, limits.cpuLimitSeconds ?? 0);
    return overLimit('cpu_limit_exceeded', `${limits.cpuLimitSeconds} s of CPU time`, `${used.toFixed(1)} s`);
  }
  const noMoreProcesses = /can't start new thread|Resource temporarily unavailable|Cannot fork|EAGAIN|pthread_create/;
  if (exceeded === 'processes' || says(noMoreProcesses)) {
    const used = 'all of them, and asked for more';
    return overLimit('process_limit_exceeded', `${limits.processLimit} processes and threads`, used);
  }
  if (says(/Too many open files|EMFILE/)) {
    const used = 'all of them, and asked for more';
    return overLimit('open_file_limit_exceeded', `${limits.openFileLimit} open files in a process`, used);
  }
  if (signal === 'SIGXFSZ' || says(/File too large|EFBIG/)) {
    return overLimit('file_size_limit_exceeded', `${showSize(limits.fileSizeBytes)} for one file`, 'more');
  }
  const isFull = scratchUsedBytes !== null && scratchUsedBytes > 0.99 * limits.scratchSizeBytes;
  if (isFull || says(/No space left on device|ENOSPC/)) {
    const inFiles = 'it in so many files that there was no room for another';
    const used = scratchUsedBytes === null ? 'all of it' : isFull ? showSize(scratchUsedBytes) : inFiles;
    return overLimit('scratch_limit_exceeded', `${showSize(limits.scratchSizeBytes)} of scratch space`, used);
  }
  return null;
}

/** Python's last line is its error; some programs say a word more. */
const endingLines = 3;

export function timeExceeded(limitSeconds: number): HoldoutError {
  return new HoldoutError('time_limit_exceeded', {
    detail: `The limit is ${limitSeconds} s; it was still running then.`,
  });
}

export function describeLogLimit(limitBytes: number): string {
  return `The limit is ${showSize(limitBytes)} of printed text; it printed more.`;
}

export function outputExceeded(limitBytes: number, usedBytes: number): HoldoutError {
  return overLimit('output_limit_exceeded', `${showSize(limitBytes)} for the predictions file`, showSize(usedBytes));
}

function memoryExceeded(limitBytes: number, seenBytes: number): HoldoutError {
  // What the kernel refuses was never used, so it can't be seen.
  const used = seenBytes < limitBytes ? `${showSize(seenBytes)}, and asked for more` : showSize(seenBytes);
  return overLimit('memory_limit_exceeded', showSize(limitBytes), used);
}

function overLimit(code: ErrorCode, limit: string, used: string): HoldoutError {
  return new HoldoutError(code, { detail: `The limit is ${limit}; it used ${used}.` });
}
