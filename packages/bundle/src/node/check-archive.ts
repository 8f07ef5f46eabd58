import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HoldoutError } from '@holdout/contracts';
import { checkBundle } from '../check-bundle.js';
import { packBundle } from '../pack-bundle.js';
import type { CheckAnswer, CheckTask } from './check-answer.js';
import { openBundlePath } from './open-bundle-path.js';

/** What a process that checks does with each archive. What it fails with by itself is the task's error. */
export default async function check({ path, limits, packedPath }: CheckTask): Promise<CheckAnswer> {
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
