import {
  type ErrorCode,
  HoldoutError,
  makeSentence,
  type RunLimits,
  type Sentence,
  showSize,
} from '@holdout/contracts';
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
  return new HoldoutError(end.signal ? 'runner_crashed' : fallback, { sentences: [describeEnd(end)] });
}

function describeEnd({ signal, exitCode }: SandboxEnd): Sentence {
  if (signal) return makeSentence('ended_by_signal', { signal });
  const name = exitCode === notFound ? 'ended_without_program' : 'ended_by_exit_code';
  return makeSentence(name, { exitCode: String(exitCode) });
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
    const values = { limit: String(limits.cpuLimitSeconds), used: used.toFixed(1) };
    return overLimit('cpu_limit_exceeded', makeSentence('cpu_limit', values));
  }
  const noMoreProcesses = /can't start new thread|Resource temporarily unavailable|Cannot fork|EAGAIN|pthread_create/;
  if (exceeded === 'processes' || says(noMoreProcesses)) {
    return overLimit('process_limit_exceeded', makeSentence('process_limit', { limit: limits.processLimit }));
  }
  if (says(/Too many open files|EMFILE/)) {
    return overLimit('open_file_limit_exceeded', makeSentence('open_file_limit', { limit: limits.openFileLimit }));
  }
  if (signal === 'SIGXFSZ' || says(/File too large|EFBIG/)) {
    const limit = showSize(limits.fileSizeBytes);
    return overLimit('file_size_limit_exceeded', makeSentence('file_size_limit', { limit }));
  }
  const isFull = scratchUsedBytes !== null && scratchUsedBytes > 0.99 * limits.scratchSizeBytes;
  if (isFull || says(/No space left on device|ENOSPC/)) {
    return overLimit('scratch_limit_exceeded', describeScratch(limits.scratchSizeBytes, scratchUsedBytes, isFull));
  }
  return null;
}

/** Python's last line is its error; some programs say a word more. */
const endingLines = 3;

function describeScratch(limitBytes: number, usedBytes: number | null, isFull: boolean): Sentence {
  const limit = showSize(limitBytes);
  if (usedBytes === null) return makeSentence('scratch_limit_all', { limit });
  if (isFull) return makeSentence('scratch_limit', { limit, used: showSize(usedBytes) });
  return makeSentence('scratch_limit_files', { limit });
}

export function timeExceeded(limitSeconds: number): HoldoutError {
  return overLimit('time_limit_exceeded', makeSentence('time_limit', { limit: limitSeconds }));
}

export function logExceeded(limitBytes: number): HoldoutError {
  return overLimit('log_limit_exceeded', makeSentence('log_limit', { limit: showSize(limitBytes) }));
}

export function outputExceeded(limitBytes: number, usedBytes: number): HoldoutError {
  const values = { limit: showSize(limitBytes), used: showSize(usedBytes) };
  return overLimit('output_limit_exceeded', makeSentence('output_limit', values));
}

function memoryExceeded(limitBytes: number, seenBytes: number): HoldoutError {
  // A container can be over before anybody has looked at it.
  if (seenBytes === 0) {
    return overLimit('memory_limit_exceeded', makeSentence('memory_limit_at_once', { limit: showSize(limitBytes) }));
  }
  // What the kernel refuses was never used, so it can't be seen.
  const name = seenBytes < limitBytes ? 'memory_limit_asked' : 'memory_limit';
  const values = { limit: showSize(limitBytes), used: showSize(seenBytes) };
  return overLimit('memory_limit_exceeded', makeSentence(name, values));
}

function overLimit(code: ErrorCode, sentence: Sentence): HoldoutError {
  return new HoldoutError(code, { sentences: [sentence] });
}
