import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What a place in a file, a length and a place in memory must be a multiple of: of any disk's blocks, and a page's. */
export const alignmentBytes = 4096;

/**
 * A second way into a file that is open: past the kernel's memory for files, which is slow to come by for gigabytes, and
 * which takes another copy of each byte. Where a file system does not have this way, nothing is written by it.
 */
export class DirectFile {
  #handle: FileHandle | null;

  /** The same file whatever happens to its name, so that its owner must still be allowed to write to it. */
  static async open({ fd }: FileHandle): Promise<DirectFile> {
    // tmpfs and some network file systems refuse it; other systems than Linux have no such name for it.
    const handle = await open(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_DIRECT).catch(() => null);
    return new DirectFile(handle);
  }

  private constructor(handle: FileHandle | null) {
    this.#handle = handle;
  }

  /** Whether it is worth the trouble to align what is to be written. */
  get works(): boolean {
    return this.#handle !== null;
  }

  /** @returns how many bytes were written, from the first on: the rest is to be written the ordinary way, with its errors */
  async write(bytes: readonly Uint8Array[], position: number): Promise<number> {
    try {
      return (await this.#handle?.writev(bytes, position))?.bytesWritten ?? 0;
    } catch {
      // Whatever it was, the ordinary way meets it too, or this file system can't do it after all.
      await this.close();
      return 0;
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    // What was written by it is on the disk; what else is wrong with the file, its other handle tells.
    await handle?.close().catch(() => {});
  }
}
