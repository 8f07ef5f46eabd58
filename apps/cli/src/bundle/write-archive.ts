import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CheckedBundle, packBundle } from '@holdout/bundle';

interface WriteOptions {
  readonly path: string;
  /** Otherwise a file that is there already is not touched. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
}

/**
 * Writes a bundle as a zip, whole or not at all: neither an error nor Ctrl-C leaves half an archive, or takes an older
 * one away.
 *
 * @throws the file system's error, EEXIST where the file is there and not to be overwritten
 */
export async function writeArchive(bundle: Pick<CheckedBundle, 'files'>, options: WriteOptions): Promise<void> {
  const { path, overwrite, signal } = options;
  const target = overwrite ? `${path}.${process.pid}.partial` : path;
  // Opened here and not by the stream: only what this call has made may be removed again.
  const file = await open(target, 'wx');
  try {
    await pipeline(Readable.from(packBundle(bundle.files)), file.createWriteStream(), { signal });
    if (overwrite) await rename(target, path);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}
