import { type EvaluationChange, type Listener, listen } from '@holdout/db';

/** Which evaluation changed; null where changes may have been missed, so that any may have. */
type Change = EvaluationChange | null;

/**
 * One database listener, shared by every open stream: subscribers are told that something changed,
 * and read the truth themselves.
 */
export class ChangeFeed {
  readonly #subscribers = new Set<(change: Change) => void>();
  #listener: Listener | null = null;
  #asked: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /**
   * A feed of all changes in a database.
   *
   * @throws HoldoutError `database_unavailable`
   */
  static async open(databaseUrl: string): Promise<ChangeFeed> {
    const feed = new ChangeFeed();
    const onReconnected = () => feed.publish(null);
    feed.#listener = await listen(databaseUrl, (change) => feed.publish(change), { onReconnected });
    return feed;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  /**
   * Resolves when every change that was committed before the call has been published. However many wait, one question
   * at a time is under way: who comes while it is waits for the next, since this one may have been answered already.
   *
   * @throws Error where changes may be missed
   */
  caughtUp(): Promise<void> {
    this.#next ??= this.#asked
      .catch(() => {})
      .then(() => {
        this.#asked = this.#listener?.caughtUp() ?? Promise.resolve();
        this.#next = null;
        return this.#asked;
      });
    return this.#next;
  }

  publish(change: Change): void {
    for (const subscriber of this.#subscribers) subscriber(change);
  }

  /** How many streams are open; a stream that has ended must not be counted. */
  get size(): number {
    return this.#subscribers.size;
  }

  subscribe(subscriber: (change: Change) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }
}

/**
 * A wait that remembers: a change that comes between two waits ends the next one at once,
 * so that nothing is lost between reading the database and going to sleep.
 */
export class ChangeWait {
  readonly #signal: AbortSignal;
  readonly #unsubscribe: () => void;
  #changed = false;
  #wake: () => void = () => {};

  constructor(feed: ChangeFeed, matches: (change: EvaluationChange) => boolean, signal: AbortSignal) {
    this.#signal = signal;
    this.#unsubscribe = feed.subscribe((change) => {
      if (change === null || matches(change)) this.#ring();
    });
    signal.addEventListener('abort', this.#stop);
  }

  /** Resolves to whether something changed; false when the time is over or the signal was given. */
  async next(timeoutSeconds: number): Promise<boolean> {
    if (!this.#changed && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutSeconds * 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  close(): void {
    this.#unsubscribe();
    this.#signal.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => this.#wake();

  #ring(): void {
    this.#changed = true;
    this.#wake();
  }
}
