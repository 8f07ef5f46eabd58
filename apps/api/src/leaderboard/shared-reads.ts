import { HoldoutError } from '@holdout/contracts';

interface SharedReadsOptions<T> {
  /** Of everything that is kept, as `sizeBytes` tells. */
  maxBytes: number;
  sizeBytes: (value: T) => number;
  /** So many are worked out at one time, and so many may wait for their turn. */
  atOnce: number;
  maxWaiting: number;
}

interface Wanted<T> {
  key: string;
  /** What `drop` names. */
  group: string;
  keepSeconds: number;
  read: () => Promise<T>;
}

interface Kept<T> {
  value: Promise<T>;
  group: string;
  staleAt: number;
  bytes: number;
}

const busyRetrySeconds = 2;

/**
 * Works something out once for all who ask for it at the same time, keeps it for a while, and lets go of what was asked
 * for longest ago when there is no room. What was dropped while it was read goes only to those who had asked by then.
 */
export class SharedReads<T> {
  readonly #options: SharedReadsOptions<T>;
  /** The one that was asked for longest ago first. */
  readonly #kept = new Map<string, Kept<T>>();
  readonly #waiting: (() => void)[] = [];
  #bytes = 0;
  #running = 0;

  constructor(options: SharedReadsOptions<T>) {
    this.#options = options;
  }

  /** @throws HoldoutError `server_busy` where too many wait already */
  get({ key, group, keepSeconds, read }: Wanted<T>): Promise<T> {
    const known = this.#kept.get(key);
    if (known && known.staleAt > performance.now()) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    this.#forget(key);
    const value = this.#inTurn(read);
    const kept = { value, group, staleAt: performance.now() + keepSeconds * 1000, bytes: 0 };
    this.#kept.set(key, kept);
    value.then(
      (found) => this.#weigh(key, kept, this.#options.sizeBytes(found)),
      () => {
        if (this.#kept.get(key) === kept) this.#kept.delete(key);
      },
    );
    return value;
  }

  /** Lets go of one group, or of all. */
  drop(group?: string): void {
    for (const [key, kept] of this.#kept) if (group === undefined || kept.group === group) this.#forget(key);
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }

  #weigh(key: string, kept: Kept<T>, bytes: number): void {
    if (this.#kept.get(key) !== kept) return;
    kept.bytes = bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes: held }] of this.#kept) {
      if (this.#bytes <= this.#options.maxBytes) return;
      // What is still being read weighs nothing yet, and somebody waits for it.
      if (held > 0) this.#forget(oldest);
    }
  }

  async #inTurn(read: () => Promise<T>): Promise<T> {
    const { atOnce, maxWaiting } = this.#options;
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= maxWaiting) {
        throw new HoldoutError('server_busy', { retryAfterSeconds: busyRetrySeconds });
      }
      // Whoever ends hands its turn on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
