import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type ArchiveEntry, checkEntries, isLitter } from '../archive/check-entries.js';
import type { BundleFile, BundleFiles } from '../bundle-files.js';
import { type BundleLimits, bundleLimits } from '../limits.js';
import { refuseProblems } from '../problems.js';

/**
 * Opens a folder on disk as a bundle, with the same checks as an archive; links are not followed.
 *
 * @throws HoldoutError `archive_…`, with every problem
 */
export async function openFolder(directory: string, limits: BundleLimits = bundleLimits): Promise<BundleFiles> {
  const entries: ArchiveEntry[] = [];
  await listEntries(directory, directory, limits, entries);
  refuseProblems(checkEntries(entries, null, limits));
  const files = entries
    .filter(({ path, kind }) => kind === 'file' && !isLitter(path))
    .map(({ path, sizeBytes }): BundleFile => ({ path, sizeBytes }));
  const stream = (path: string): AsyncIterable<Uint8Array> => createReadStream(join(directory, path));
  return {
    kind: 'folder',
    files,
    litter: entries.flatMap(({ path, kind }) => (kind === 'file' && isLitter(path) ? [path] : [])),
    stream,
    async *walk() {
      for (const file of files) yield { file, chunks: stream(file.path) };
    },
  };
}

async function listEntries(root: string, folder: string, limits: BundleLimits, into: ArchiveEntry[]): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (into.length > limits.maxEntries) return;
    const path = join(folder, name);
    const status = await lstat(path);
    const kind = status.isFile()
      ? 'file'
      : status.isDirectory()
        ? 'folder'
        : status.isSymbolicLink()
          ? 'link'
          : 'device';
    const shown = relative(root, path).split(sep).join('/') + (kind === 'folder' ? '/' : '');
    into.push({ path: shown, kind, encrypted: false, sizeBytes: kind === 'file' ? status.size : 0 });
    if (kind === 'folder') await listEntries(root, path, limits, into);
  }
}
