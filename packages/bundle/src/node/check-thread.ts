import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { HoldoutError } from '@holdout/contracts';
import { checkBundle } from '../check-bundle.js';
import { packBundle } from '../pack-bundle.js';
import type { CheckAnswer, CheckThreadData } from './check-thread-answer.js';
import { openBundlePath } from './open-bundle-path.js';

// The program of a thread that checks one archive and ends. What it fails with by itself is the thread's error.
const { path, limits, packedPath } = workerData as CheckThreadData;
parentPort?.postMessage(await check());

async function check(): Promise<CheckAnswer> {
  try {
    const archive = await openBundlePath(path, limits);
    try {
      const { manifest, files } = await checkBundle(archive, limits);
      if (packedPath !== null) await pipeline(packBundle(files), createWriteStream(packedPath));
      return { manifest, files: files.files.map(({ path, sizeBytes }) => ({ path, sizeBytes })) };
    } finally {
      await archive.close();
    }
  } catch (error) {
    if (!(error instanceof HoldoutError)) throw error;
    const { code, detail, sentences, problems } = error;
    return { refusal: { code, ...(detail === undefined ? {} : { detail }), sentences, problems } };
  }
}
