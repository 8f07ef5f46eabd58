import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** So long a server keeps an upload that is not finished. */
const keptMilliseconds = 24 * 60 * 60 * 1000;

const keptSchema = z.object({ location: z.string().regex(/^\/api\/[\w./%-]+$/) });

interface Identity {
  readonly server: string;
  /** Where it was begun. */
  readonly path: string;
  /** What was said of it when it was begun. */
  readonly words: Readonly<Record<string, string>>;
  readonly archive: string;
  readonly signal: AbortSignal;
}

/**
 * Where a command that ends before its time leaves what the next one goes on with: a file for each upload, in a folder
 * that nobody else on the machine may read. A bundle is known again by its bytes, since a folder is packed anew each time.
 * A machine on which it can't be kept uploads all the same.
 */
export class KeptUpload {
  readonly #directory: string;
  readonly #file: string;

  static async open(directory: string, { server, path, words, archive, signal }: Identity): Promise<KeptUpload> {
    const bytes = createHash('sha256');
    await pipeline(createReadStream(archive), bytes, { signal });
    const identity = JSON.stringify([server, path, words, bytes.digest('hex')]);
    return new KeptUpload(directory, join(directory, createHash('sha256').update(identity).digest('hex')));
  }

  private constructor(directory: string, file: string) {
    this.#directory = directory;
    this.#file = file;
  }

  /** The path that its parts are sent to; null where none was begun, or too long ago. */
  async find(): Promise<string | null> {
    await this.#dropExpired().catch(() => {});
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    try {
      return keptSchema.parse(JSON.parse(text)).location;
    } catch {
      return null;
    }
  }

  async keep(location: string): Promise<void> {
    const unfinished = `${this.#file}.${process.pid}`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(unfinished, JSON.stringify({ location }), { mode: 0o600 });
      await rename(unfinished, this.#file);
    } catch {
      await rm(unfinished, { force: true }).catch(() => {});
    }
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => {});
  }

  async #dropExpired(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > keptMilliseconds) await rm(path, { force: true });
    }
  }
}
