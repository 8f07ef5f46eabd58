import type { EvaluationChange } from '@holdout/db';

/** Which evaluation changed; null where changes may have been missed, so that any may have. */
type Change = EvaluationChange | null;

/**
 * One database listener, shared by every open stream: subscribers are told that something changed,
 * and read the truth themselves.
 */
export class ChangeFeed {
  readonly #subscribers = new Set<(change: Change) => void>();

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
