import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { HashingAnswer, HashingOrder } from './hashing-thread.js';
import { toStorageError } from './storage-error.js';

/** Up to so many bytes a file is hashed where it comes: to ask a thread would take longer. */
const smallBytes = 1024 * 1024;

let lastId = 0;

/**
 * The sha256 of a file while it is written from its first byte to its last. Of a large one a thread works it out: who receives
 * an upload has no time for half a second a gigabyte. It reads from the file, which the kernel has in memory, or from
 * memory that it shares.
 */
export class FileHash {
  readonly #path: string;
  readonly #id: number;
  readonly #small = createHash('sha256');
  #sizeBytes = 0;
  /** It was neither asked for nor given up yet. */
  #isOpen = true;

  constructor(path: string) {
    this.#path = path;
    lastId += 1;
    this.#id = lastId;
  }

  /** How many bytes were added. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** What comes next, whether or not it is in the file yet. */
  add(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.byteLength;
    if (this.#sizeBytes <= smallBytes) this.#small.update(chunk);
  }

  /**
   * So much of the file has been written. Of one that was given up the thread would read all anew, and keep it.
   *
   * @param last - the last of it, where that is in memory that the thread can read
   * @returns when nobody reads that memory any more
   */
  async written(toBytes: number, last: Uint8Array | null = null): Promise<void> {
    if (!this.#isOpen || this.#sizeBytes <= smallBytes) return;
    const follow = { id: this.#id, kind: 'follow', path: this.#path, toBytes } as const;
    if (!last) return order(follow);
    await new Promise<void>((resolve) => {
      reading.push(resolve);
      order({ ...follow, last });
      thread?.ref();
    });
  }

  /** When all that was added has been written. @throws HoldoutError `storage_unavailable` */
  async digest(): Promise<string> {
    this.#isOpen = false;
    if (this.#sizeBytes <= smallBytes) return this.#small.digest('hex');
    const end = { id: this.#id, kind: 'end', path: this.#path, toBytes: this.#sizeBytes } as const;
    // Of a fault that has passed, such as a thread that ended, nobody is to hear: asked again, all of it is read once more.
    return await ask(end).catch(() => ask(end));
  }

  /** It is not asked for any more; nothing happens where it was asked for. */
  forget(): void {
    if (this.#isOpen && this.#sizeBytes > smallBytes) order({ id: this.#id, kind: 'forget' });
    this.#isOpen = false;
  }
}

interface Asked {
  resolve(digest: string): void;
  reject(error: Error): void;
}

/** One for this process, from its first large file on. */
let thread: Worker | null = null;
const asked = new Map<number, Asked>();
/** Who waits until shared memory has been read, in the order in which it is read. */
const reading: (() => void)[] = [];

function order(message: HashingOrder): void {
  thread ??= startThread();
  thread.postMessage(message);
}

function ask(message: HashingOrder): Promise<string> {
  return new Promise((resolve, reject) => {
    asked.set(message.id, { resolve, reject });
    order(message);
    // Who waits for an answer must not end for want of other work.
    thread?.ref();
  });
}

function startThread(): Worker {
  const started = new Worker(new URL('../dist/hashing-thread.js', import.meta.url));
  started.unref();
  started.on('message', (answer: HashingAnswer) => {
    if (answer === 'read') reading.shift()?.();
    else answerAsked(answer);
    if (asked.size === 0 && reading.length === 0) started.unref();
  });
  // The next one reads from the beginning what this one had read.
  started.on('error', (error) => {
    thread = null;
    for (const waiting of asked.values()) waiting.reject(toStorageError(error));
    asked.clear();
    for (const resolve of reading.splice(0)) resolve();
  });
  return started;
}

function answerAsked(answer: Exclude<HashingAnswer, 'read'>): void {
  const waiting = asked.get(answer.id);
  asked.delete(answer.id);
  if ('digest' in answer) waiting?.resolve(answer.digest);
  else waiting?.reject(toStorageError(answer.error));
}
