import { FileHash } from '@holdout/storage';

/** Uploads that another process finished are never asked for here: the oldest makes room. */
const keptAtMost = 1000;

/**
 * The sha256 of uploads between their parts, so that their bytes need not be read for it at the end. It is known where all
 * of them came to this process, one after the other; otherwise it is not.
 */
export class RunningHashes {
  readonly #pathOf: (id: string) => string;
  readonly #kept = new Map<string, FileHash>();

  constructor(pathOf: (id: string) => string) {
    this.#pathOf = pathOf;
  }

  /** What is known of the first `offset` bytes, to go on with; it is nobody else's then. @returns null where it is not known */
  take(id: string, offset: number): FileHash | null {
    const found = this.#kept.get(id);
    this.#kept.delete(id);
    if (found?.sizeBytes === offset) return found;
    found?.forget();
    return offset === 0 ? new FileHash(this.#pathOf(id)) : null;
  }

  /** When all that it was told of has been written. */
  keep(id: string, hash: FileHash): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= keptAtMost) this.forget(oldest);
    this.#kept.set(id, hash);
  }

  forget(id: string): void {
    this.#kept.get(id)?.forget();
    this.#kept.delete(id);
  }
}
