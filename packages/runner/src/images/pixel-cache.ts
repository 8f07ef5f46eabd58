import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOwnFolder, removeAbandonedFolders } from '../own-folders.js';
import { sealBytes } from './decoder/decoder-protocol.js';
import type { Decoder } from './decoder/start-decoder.js';

/**
 * Files of decoded images on this machine's disk: those that were used last, up to `limitBytes`. Processes share them
 * without a lock: a file appears whole, by a rename, and who uses one has a name of its own for it, by a link, so that it
 * stays when the cache lets go of it. Two that need the same at the same time both decode it, and one of the two is kept.
 */
export class PixelCache {
  readonly #kept: string;
  readonly #inUse: string;
  readonly #limitBytes: number;
  readonly #decoder: Decoder;
  /** What was verified by this process, by all that a write would change. */
  readonly #verified = new Map<string, string>();

  private constructor(directory: string, limitBytes: number, decoder: Decoder) {
    this.#kept = join(directory, 'kept');
    this.#inUse = makeOwnFolder(join(directory, 'in-use'));
    this.#limitBytes = limitBytes;
    this.#decoder = decoder;
  }

  /** Hidden images lie in here: nobody else on the machine has business with them. */
  static async open(directory: string, limitBytes: number, decoder: Decoder): Promise<PixelCache> {
    for (const name of ['kept', 'in-use']) await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    await removeAbandonedFolders(join(directory, 'in-use'));
    const cache = new PixelCache(directory, limitBytes, decoder);
    await cache.makeRoom();
    return cache;
  }

  /** @returns a name of its own for a file that is kept; null where it is not there, or was damaged and is not there any more */
  async take(key: string, bytes: number): Promise<string | null> {
    const [kept, own] = [join(this.#kept, key), this.#newPath()];
    try {
      await link(kept, own);
      const { ino, size, mtimeMs } = await stat(own);
      // Not ctime: each link changes it.
      const stamp = `${ino} ${size} ${mtimeMs}`;
      if (this.#verified.get(key) !== stamp) {
        if (!(await this.#decoder.isWhole(own, bytes))) {
          await Promise.all([rm(kept, { force: true }), rm(own, { force: true })]);
          return null;
        }
        this.#remember(key, stamp);
      }
      // When it was last used, for `makeRoom`.
      await utimes(own, new Date(), mtimeMs / 1000);
      return own;
    } catch (error) {
      await rm(own, { force: true });
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  /** @returns an empty file to write pixels to, which the account of a sandbox may read */
  async create(): Promise<string> {
    const path = this.#newPath();
    const file = await open(path, 'wx');
    await file.close();
    await chmod(path, 0o644);
    return path;
  }

  /** Keeps a file that `create` gave and that is full. It has its own name until `drop`. */
  async keep(path: string, key: string, bytes: number): Promise<void> {
    if (this.#limitBytes === 0) return;
    await this.#decoder.seal(path, bytes);
    await chmod(path, 0o444);
    // Whole seconds, which every file system keeps as they are.
    const seconds = Math.floor(Date.now() / 1000);
    await utimes(path, seconds, seconds);
    const { ino } = await stat(path);
    const arriving = this.#newPath();
    await link(path, arriving);
    await rename(arriving, join(this.#kept, key));
    this.#remember(key, `${ino} ${bytes + sealBytes} ${seconds * 1000}`);
    await this.makeRoom();
  }

  async drop(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Lets go of what was used longest ago. Never more is kept than half of what the disk has room for. */
  async makeRoom(limitBytes = this.#limitBytes): Promise<void> {
    const files = await listFiles(this.#kept);
    let bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const { bavail, bsize } = await statfs(this.#kept);
    const most = Math.min(limitBytes, (bavail * bsize + bytes) / 2);
    for (const { path, sizeBytes } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= most) return;
      await rm(path, { force: true });
      bytes -= sizeBytes;
    }
  }

  async close(): Promise<void> {
    await rm(this.#inUse, { recursive: true, force: true });
  }

  #newPath(): string {
    return join(this.#inUse, randomUUID());
  }

  #remember(key: string, stamp: string): void {
    if (this.#verified.size >= rememberedAtMost) this.#verified.clear();
    this.#verified.set(key, stamp);
  }
}

const rememberedAtMost = 10_000;

async function listFiles(directory: string): Promise<{ path: string; sizeBytes: number; usedAt: number }[]> {
  const files: { path: string; sizeBytes: number; usedAt: number }[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found) files.push({ path, sizeBytes: found.size, usedAt: found.atimeMs });
  }
  return files;
}
