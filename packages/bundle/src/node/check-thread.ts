import { parentPort, workerData } from 'node:worker_threads';
import { HoldoutError } from '@holdout/contracts';
import { checkBundle } from '../check-bundle.js';
import type { BundleLimits } from '../limits.js';
import type { CheckAnswer } from './check-thread-answer.js';
import { openBundlePath } from './open-bundle-path.js';

// The program of a thread that checks one archive and ends. What it fails with by itself is the thread's error.
const { path, limits } = workerData as { path: string; limits: BundleLimits };
parentPort?.postMessage(await check());

async function check(): Promise<CheckAnswer> {
  try {
    const archive = await openBundlePath(path, limits);
    try {
      const { manifest } = await checkBundle(archive, limits);
      return { manifest };
    } finally {
      await archive.close();
    }
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    const { code, detail, sentences, problems } = error;
    return { refusal: { code, ...(detail === undefined ? {} : { detail }), sentences, problems } };
  }
}
