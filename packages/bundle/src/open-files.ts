import { checkEntries, isLitter } from './archive/check-entries.js';
import type { BundleFiles } from './bundle-files.js';
import { readChunks } from './byte-source.js';
import { type BundleLimits, bundleLimits } from './limits.js';
import { openBlobSource } from './open-blob-source.js';
import { refuseProblems } from './problems.js';

/** A file of a folder that a person chose on a page. */
export interface ChosenFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly contents: Blob;
}

/**
 * Opens files that were chosen together as a bundle, with the same checks as an archive.
 *
 * @throws HoldoutError `archive_…`, with every problem
 */
export function openFiles(chosen: readonly ChosenFile[], limits: BundleLimits = bundleLimits): BundleFiles {
  const entries = chosen.map(({ path, contents }) => ({
    path,
    kind: 'file' as const,
    encrypted: false,
    sizeBytes: contents.size,
  }));
  refuseProblems(checkEntries(entries, null, limits));
  const wanted = new Map(chosen.flatMap(({ path, contents }) => (isLitter(path) ? [] : [[path, contents]])));
  const files = [...wanted].map(([path, { size }]) => ({ path, sizeBytes: size }));
  const stream = (path: string) => {
    const contents = wanted.get(path);
    if (!contents) throw new RangeError(`There is no ${path} among the files.`);
    return readChunks(openBlobSource(contents));
  };
  return {
    kind: 'folder',
    files,
    litter: chosen.flatMap(({ path }) => (isLitter(path) ? [path] : [])),
    stream,
    async *walk() {
      for (const file of files) yield { file, chunks: stream(file.path) };
    },
  };
}
