import { stat } from 'node:fs/promises';
import { type BundleFile, type BundleLimits, bundleLimits } from '@holdout/bundle';
import { type CheckAnswer, type CheckTask, checkProgram } from '@holdout/bundle/node';
import { HoldoutError, type ResolvedManifest } from '@holdout/contracts';
import pLimit from 'p-limit';
import { Tinypool } from 'tinypool';

interface CheckLimits {
  readonly bundle: BundleLimits;
  readonly deadlineSeconds: number;
  /** An archive that is large itself may take longer. */
  readonly bytesPerSecond: number;
}

const usual: CheckLimits = {
  bundle: bundleLimits,
  deadlineSeconds: 60,
  bytesPerSecond: 8 * 1024 ** 2,
};

/** All others wait: whoever sends many costly bundles keeps two processes busy, and never the one that answers. */
const mostProcesses = 2;
const idleMilliseconds = 60_000;

/** Of JavaScript's objects; the bytes of the archive come in chunks. */
const memoryMebibytes = 512;

interface CheckOptions extends Partial<CheckLimits> {
  /** Where the bundle is packed anew once it was found to be good. */
  readonly packedPath?: string;
}

/** What was found in a good one; its files are named as they are below its root. */
interface FoundBundle {
  readonly manifest: ResolvedManifest;
  readonly files: readonly BundleFile[];
}

/** Opens and checks the archive at a path. @throws HoldoutError with every problem in it; `bundle_check_costly` */
type CheckInProcess = (path: string, options?: CheckOptions) => Promise<FoundBundle>;

export const checkInProcess = createProcessCheck({ memoryMebibytes });

/**
 * Checks archives in processes of their own, so that this one answers whatever a bundle is made of: V8 ends a process
 * whose memory is used up, and where a thread used it up as well. A process is kept for the next archive, since to
 * start one takes longer than to check one; a check that was costly ends its own.
 */
export function createProcessCheck({ memoryMebibytes }: { memoryMebibytes: number }): CheckInProcess {
  const takeTurns = pLimit(mostProcesses);
  let pool: Tinypool | null = null;
  return (path, options = {}) =>
    takeTurns(() => {
      pool ??= startProcesses(memoryMebibytes);
      return check(pool, path, options);
    });
}

function startProcesses(memoryMebibytes: number): Tinypool {
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: checkProgram.href,
    minThreads: 1,
    maxThreads: mostProcesses,
    idleTimeout: idleMilliseconds,
    execArgv: [`--max-old-space-size=${memoryMebibytes}`],
    // They need nothing of what this process was told.
    env: {},
  });
  // One that ends while it waits is replaced when it is needed.
  pool.on('error', () => {});
  return pool;
}

async function check(pool: Tinypool, path: string, { packedPath, ...set }: CheckOptions): Promise<FoundBundle> {
  const limits = { ...usual, ...set };
  const { size } = await stat(path);
  const deadlineMilliseconds = Math.ceil((limits.deadlineSeconds + size / limits.bytesPerSecond) * 1000);
  const task: CheckTask = { path, limits: limits.bundle, packedPath: packedPath ?? null };
  let answer: CheckAnswer;
  try {
    answer = await pool.run(task, { signal: AbortSignal.timeout(deadlineMilliseconds) });
  } catch (error) {
    throw isCostly(error) ? new HoldoutError('bundle_check_costly', { cause: error }) : error;
  }
  if ('manifest' in answer) return answer;
  const { code, ...told } = answer.refusal;
  throw new HoldoutError(code, told);
}

/** Its time was over, or its process ended: of its memory there was no more. */
function isCostly(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.message === 'Worker exited unexpectedly');
}
