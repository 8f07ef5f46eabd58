import type { BundleFiles } from '@holdout/bundle';
import type { RouteParts } from '../app.js';
import { openStoredArchive } from '../uploads/open-stored-archive.js';

type OpenArchive = Awaited<ReturnType<typeof openStoredArchive>>;

/**
 * The archives that one reader of a kit looks into: each is opened once, however many files it has. They were packed by
 * this server, of what was checked, so that their directories are short work. Close them afterwards.
 */
export class OpenArchives {
  readonly #opened = new Map<string, Promise<OpenArchive>>();
  readonly #parts: Pick<RouteParts, 'storage' | 'scratchDirectory'>;

  constructor(parts: Pick<RouteParts, 'storage' | 'scratchDirectory'>) {
    this.#parts = parts;
  }

  open(digest: string): Promise<BundleFiles> {
    const opened = this.#opened.get(digest) ?? openStoredArchive(this.#parts, digest);
    this.#opened.set(digest, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const opened of await Promise.allSettled(this.#opened.values())) {
      if (opened.status === 'fulfilled') await opened.value.close();
    }
  }
}
