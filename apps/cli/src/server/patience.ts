import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-error.js';

/** So long a server may stay away. */
const longestAbsenceMilliseconds = 10 * 60 * 1000;
const pauseMilliseconds = { first: 500, longest: 10_000 };

interface PatienceOptions {
  readonly signal: AbortSignal;
  /** Called once each time the connection is lost, and once each time it is back. */
  readonly onConnection: (state: 'lost' | 'back') => void;
}

/** How long to wait for a server that is away, and how often to look: ever more seldom, for ten minutes. */
export class Patience {
  readonly #options: PatienceOptions;
  #isLost = false;
  #heardAt = performance.now();
  #pause = pauseMilliseconds.first;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** To be called at each sign of life. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#pause = pauseMilliseconds.first;
    if (this.#isLost) this.#options.onConnection('back');
    this.#isLost = false;
  }

  /** @throws the error itself where it will not pass, or where the server has stayed away for too long */
  lost(error: unknown): void {
    this.#options.signal.throwIfAborted();
    if (!(error instanceof CommandError) || !error.passing) throw error;
    if (performance.now() - this.#heardAt > longestAbsenceMilliseconds) throw error;
    // A stream that merely ended is taken up again without a word.
    if (!this.#isLost) this.#options.onConnection('lost');
    this.#isLost = true;
  }

  async pause(): Promise<void> {
    await sleep(this.#pause, undefined, { signal: this.#options.signal });
    this.#pause = Math.min(this.#pause * 2, pauseMilliseconds.longest);
  }

  /** Does something that may be repeated until it is done. */
  async keepTrying<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await act();
        this.heard();
        return result;
      } catch (error) {
        this.lost(error);
      }
      await this.pause();
    }
  }
}
