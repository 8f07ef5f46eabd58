import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { damaged } from './verifying-stream.js';

/** About 20 MB when full: the pictures of the largest test sets. */
const keptAtMost = 100_000;

/**
 * Verifies files by their sha256, each once: one that has the same place, size and times on disk as when it was
 * verified was not written since. (Any write changes ctime, which no program can set back.)
 */
export class VerifiedFiles {
  readonly #stamps = new Map<string, string>();

  /** @throws HoldoutError `storage_damaged` */
  async check(digest: string, handle: FileHandle): Promise<void> {
    const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
    const stamp = `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    if (this.#stamps.get(digest) === stamp) return;
    const found = await hashFile(handle);
    if (found !== digest) throw damaged(digest, found);
    if (this.#stamps.size >= keptAtMost) this.#stamps.clear();
    this.#stamps.set(digest, stamp);
  }
}

/** @returns the sha256 of all of a file */
export async function hashFile(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ autoClose: false, start: 0, highWaterMark: 256 * 1024 })) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
