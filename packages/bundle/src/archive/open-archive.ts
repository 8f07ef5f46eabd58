import { HoldoutError, makeSentence } from '@holdout/contracts';
import type { BundleFiles } from '../bundle-files.js';
import type { ByteSource } from '../byte-source.js';
import { type BundleLimits, bundleLimits } from '../limits.js';
import { openTarGz } from './open-tar-gz.js';
import { openZip } from './open-zip.js';

/** How an archive is read, besides what it may hold. */
export interface ArchiveOptions {
  /**
   * Files of a zip up to this size are unpacked by the thread that reads them, in WebAssembly: another one is waited for longer
   * than it works. 0 where it is left out, since a page's policy may forbid that.
   */
  readonly inPlaceBytes?: number;
}

/**
 * Opens a zip or a tar.gz by its first bytes, whatever it is called, and checks the names, kinds and sizes of all its
 * entries. Nothing is unpacked.
 *
 * @throws HoldoutError with one of the codes `archive_…` and every problem that was found
 */
export async function openArchive(
  source: ByteSource,
  limits: BundleLimits = bundleLimits,
  options: ArchiveOptions = {},
): Promise<BundleFiles> {
  const start = await source.read(0, 4);
  if (start[0] === 0x1f && start[1] === 0x8b) return await openTarGz(source, limits);
  if (start[0] === 0x50 && start[1] === 0x4b) return await openZip(source, limits, options);
  const words = makeSentence(source.sizeBytes === 0 ? 'archive_empty' : 'archive_unknown', {});
  throw new HoldoutError('archive_unreadable', { sentences: [words] });
}
