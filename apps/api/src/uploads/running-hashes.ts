import { createHash, type Hash } from 'node:crypto';

interface Running {
  readonly hash: Hash;
  sizeBytes: number;
}

/** Uploads that another process finished are never asked for here: the oldest makes room. */
const keptAtMost = 1000;

/**
 * The sha256 of uploads while they come, so that their bytes need not be read for it at the end. It is known where all
 * of them came to this process, one after the other; otherwise it is not.
 */
export class RunningHashes {
  readonly #running = new Map<string, Running>();

  /** Hashes what passes, from `offset` on. An end before its time leaves nothing of the upload known. */
  async *follow(part: AsyncIterable<Uint8Array>, id: string, offset: number): AsyncGenerator<Uint8Array> {
    const running = this.#take(id, offset);
    for await (const chunk of part) {
      running?.hash.update(chunk);
      yield chunk;
      if (running) running.sizeBytes += chunk.byteLength;
    }
    if (running) this.#keep(id, running);
  }

  /** @returns null where it is not known of all `sizeBytes` */
  finish(id: string, sizeBytes: number): string | null {
    const running = this.#take(id, sizeBytes);
    return running ? running.hash.digest('hex') : null;
  }

  forget(id: string): void {
    this.#running.delete(id);
  }

  #take(id: string, offset: number): Running | null {
    const found = this.#running.get(id);
    this.#running.delete(id);
    if (offset === 0) return { hash: createHash('sha256'), sizeBytes: 0 };
    return found?.sizeBytes === offset ? found : null;
  }

  #keep(id: string, running: Running): void {
    const [oldest] = this.#running.keys();
    if (oldest !== undefined && this.#running.size >= keptAtMost) this.#running.delete(oldest);
    this.#running.set(id, running);
  }
}
