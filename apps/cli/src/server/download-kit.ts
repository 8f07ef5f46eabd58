import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { openBundlePath, unpackBundle } from '@holdout/bundle/node';
import type { StarterKit } from '@holdout/contracts';
import { writeWhole } from '../bundle/write-whole.js';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { startProgress } from '../terminal/progress.js';
import { requestStream } from './request.js';

interface Download {
  /** Where the server says what is in the kit. */
  readonly address: string;
  readonly kit: StarterKit;
  readonly path: string;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/**
 * Downloads a starter kit as an archive. It appears whole or not at all.
 *
 * @throws CommandError with the server's own problem, or `server_unreachable` where it did not come whole; the file
 *   system's error
 */
export async function downloadKit(config: ServerConfig, { address, kit, ...options }: Download): Promise<void> {
  const body = await requestStream(config, { path: `${address}.zip`, signal: options.signal });
  const progress = startProgress({ what: 'Starter kit', total: kit.sizeBytes, unit: 'bytes' });
  try {
    body.on('error', (cause) => counted.destroy(cutOff(cause)));
    const counted = body.pipe(demandBytes(kit.sizeBytes, progress.update));
    await writeWhole(counted, options);
  } finally {
    body.destroy();
    progress.stop();
  }
}

/**
 * Downloads a starter kit as a folder, which appears when all of it is there: until then it lies in one beside it, on the
 * same disk. It is opened with the care that any archive needs.
 */
export async function downloadUnpacked(config: ServerConfig, download: Omit<Download, 'overwrite'>): Promise<void> {
  const { path, kit } = download;
  const folder = await mkdtemp(join(dirname(resolve(path)), '.holdout-kit-'));
  try {
    const archive = join(folder, 'kit.zip');
    await downloadKit(config, { ...download, path: archive, overwrite: false });
    const opened = await openBundlePath(archive, { maxEntries: 100_000, unpackedSizeBytes: 2 ** 32, maxRatio: 2 });
    try {
      await unpackBundle(opened, folder);
    } finally {
      await opened.close();
    }
    await rename(join(folder, kit.folder), path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Passes on so many bytes and no other number of them. */
function demandBytes(expected: number, onProgress: (doneBytes: number) => void): Transform {
  let doneBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      doneBytes += chunk.length;
      onProgress(doneBytes);
      next(null, chunk);
    },
    flush(done) {
      done(doneBytes === expected ? null : cutOff(new Error(`${doneBytes} of ${expected} bytes came.`)));
    },
  });
}

function cutOff(cause: unknown): CommandError {
  return new CommandError({
    code: 'server_unreachable',
    title: 'The starter kit did not come whole.',
    next: 'Try again; nothing was kept.',
    passing: true,
    cause,
  });
}
