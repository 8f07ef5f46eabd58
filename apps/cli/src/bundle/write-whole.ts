import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface WriteOptions {
  readonly path: string;
  /** Otherwise a file that is there already is not touched. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/**
 * Writes a file whole or not at all: neither an error nor Ctrl-C leaves half of it, or takes an older one away.
 *
 * @throws the file system's error, EEXIST where the file is there and not to be overwritten; the source's error
 */
export async function writeWhole(source: Readable, { path, overwrite, signal }: WriteOptions): Promise<void> {
  const target = overwrite ? `${path}.${process.pid}.partial` : path;
  // Opened here and not by the stream: only what this call has made may be removed again.
  const file = await open(target, 'wx');
  try {
    await pipeline(source, file.createWriteStream(), { signal });
    if (overwrite) await rename(target, path);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}
