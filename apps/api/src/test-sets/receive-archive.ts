import { rm } from 'node:fs/promises';
import { createDiskStorage } from '@holdout/storage';
import type { FastifyRequest } from 'fastify';
import { makeScratchFolder } from '../scratch-folders.js';
import { receiveUpload } from '../uploads/receive-upload.js';

/** An archive of an organiser, in a folder that only this process may read. */
export interface ReceivedArchive {
  readonly path: string;
}

/** After this long without a byte, who sends it is gone. */
const silenceSeconds = 120;

/**
 * Receives an organiser's archive and lets go of it afterwards, whatever became of it. It never lies in the storage that
 * evaluating workers read: the names in it tell labels.
 *
 * @throws HoldoutError as `receiveUpload` does
 */
export async function withReceivedArchive<T>(
  request: FastifyRequest,
  { scratchDirectory, limitBytes }: { scratchDirectory: string; limitBytes: number },
  use: (received: ReceivedArchive) => Promise<T>,
): Promise<T> {
  const directory = await makeScratchFolder(scratchDirectory);
  try {
    const storage = await createDiskStorage({ directory });
    const { digest } = await receiveUpload(request, storage, { limitBytes, silenceSeconds });
    const path = await storage.path?.(digest);
    if (path === undefined) throw new Error('A disk has no paths.');
    return await use({ path });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
