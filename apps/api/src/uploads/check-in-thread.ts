import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type BundleFile, type BundleLimits, bundleLimits } from '@holdout/bundle';
import { type CheckAnswer, type CheckThreadData, checkThreadProgram } from '@holdout/bundle/node';
import { HoldoutError, type ResolvedManifest } from '@holdout/contracts';

interface CheckLimits {
  readonly bundle: BundleLimits;
  /** Of JavaScript's objects; the bytes of the archive come in chunks. */
  readonly memoryMebibytes: number;
  readonly deadlineSeconds: number;
  /** An archive that is large itself may take longer. */
  readonly bytesPerSecond: number;
}

const usual: CheckLimits = {
  bundle: bundleLimits,
  memoryMebibytes: 512,
  deadlineSeconds: 60,
  bytesPerSecond: 8 * 1024 ** 2,
};

/** All others wait: whoever sends many costly bundles keeps two threads busy, and never the one that answers. */
const mostThreads = 2;
const waiting: (() => void)[] = [];
let running = 0;

interface ThreadOptions extends Partial<CheckLimits> {
  /** Where the bundle is packed anew once it was found to be good. */
  readonly packedPath?: string;
}

/** What was found in a good one; its files are named as they are below its root. */
interface FoundBundle {
  readonly manifest: ResolvedManifest;
  readonly files: readonly BundleFile[];
}

/**
 * Opens and checks the archive at a path in a thread of its own, so that this one answers whatever a bundle is made of.
 *
 * @throws HoldoutError with every problem that was found in the archive; `bundle_check_costly`
 */
export async function checkInThread(path: string, options: ThreadOptions = {}): Promise<FoundBundle> {
  if (running >= mostThreads) await new Promise<void>((next) => waiting.push(next));
  else running += 1;
  try {
    return await check(path, options);
  } finally {
    // The place goes to the next one, or is free.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

async function check(path: string, { packedPath, ...set }: ThreadOptions): Promise<FoundBundle> {
  const limits = { ...usual, ...set };
  const { size } = await stat(path);
  const deadlineMilliseconds = Math.ceil((limits.deadlineSeconds + size / limits.bytesPerSecond) * 1000);
  const workerData: CheckThreadData = { path, limits: limits.bundle, packedPath: packedPath ?? null };
  const worker = new Worker(checkThreadProgram, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMebibytes },
    // It needs nothing of what this process was told.
    env: {},
  });
  try {
    const [answer] = (await once(worker, 'message', { signal: AbortSignal.timeout(deadlineMilliseconds) })) as [
      CheckAnswer,
    ];
    if ('manifest' in answer) return answer;
    const { code, ...told } = answer.refusal;
    throw new HoldoutError(code, told);
  } catch (error) {
    throw isCostly(error) ? new HoldoutError('bundle_check_costly', { cause: error }) : error;
  } finally {
    await worker.terminate();
  }
}

function isCostly(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY');
}
