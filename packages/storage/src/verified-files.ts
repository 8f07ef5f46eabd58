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
    const stamp = await readStamp(handle);
    if (this.#stamps.get(digest) === stamp) return;
    const found = await hashFile(handle);
    if (found !== digest) throw damaged(digest, found);
    this.#keep(digest, stamp);
  }

  /** Of a file that this process wrote, and hashed meanwhile: its bytes need not be read again. */
  async learn(digest: string, handle: FileHandle): Promise<void> {
    this.#keep(digest, await readStamp(handle));
  }

  #keep(digest: string, stamp: string): void {
    if (this.#stamps.size >= keptAtMost) this.#stamps.clear();
    this.#stamps.set(digest, stamp);
  }
}

async function readStamp(handle: FileHandle): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** @returns the sha256 of all of a file */
export async function hashFile(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ autoClose: false, start: 0, highWaterMark: 256 * 1024 })) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
