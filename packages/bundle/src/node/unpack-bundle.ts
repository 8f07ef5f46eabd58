import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleFiles } from '../bundle-files.js';

/**
 * Writes a checked bundle's files into an empty folder, in one pass over the archive. Existing files are never
 * overwritten, and nothing is written outside the folder.
 */
export async function unpackBundle(bundle: BundleFiles, directory: string): Promise<void> {
  const root = resolve(directory) + sep;
  for await (const { file, chunks } of bundle.walk()) {
    const path = join(root, file.path);
    // Names were checked when the archive was opened; what is written to a disk is worth a second look.
    if (!path.startsWith(root)) throw new Error(`${file.path} would leave the folder.`);
    await mkdir(dirname(path), { recursive: true });
    // A command may be a file of the bundle itself, and not every archive says which of its files are programs.
    await pipeline(Readable.from(chunks), createWriteStream(path, { flags: 'wx', mode: 0o755 }));
  }
}
