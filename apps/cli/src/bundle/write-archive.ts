import { Readable } from 'node:stream';
import { type CheckedBundle, packBundle } from '@holdout/bundle';
import { type WriteOptions, writeWhole } from './write-whole.js';

/**
 * Writes a bundle as a zip, whole or not at all.
 *
 * @throws the file system's error, EEXIST where the file is there and not to be overwritten
 */
export async function writeArchive(bundle: Pick<CheckedBundle, 'files'>, options: WriteOptions): Promise<void> {
  await writeWhole(Readable.from(packBundle(bundle.files)), options);
}
