import type { Readable } from 'node:stream';

/** A stored file: its name is the sha256 of its bytes. */
export interface StoredBlob {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** A blob as it is listed. */
export interface ListedBlob extends StoredBlob {
  /** When the same content was last put. */
  readonly putAt: Date;
}

export interface PutOptions {
  /** Refuse what is longer. */
  limitBytes?: number;
  /** How long it must be, where that is known: of another length it was damaged on its way, and is not stored. */
  sizeBytes?: number;
}

export interface AdoptOptions extends PutOptions {
  /** Of its bytes, where they were hashed while they were written; otherwise they are read for it. */
  digest?: string;
}

/**
 * Files named by the sha256 of their bytes: the same content is stored once, and what is read is what was written.
 *
 * Where the disk or the service behind it does not answer, every function rejects with `storage_unavailable`.
 */
export interface Storage {
  /**
   * Stores a stream, hashing it on the way. The blob appears whole or not at all; the same content again is no error,
   * and makes it young again: `remove` lets it be for as long as if it were new.
   * A source that is left early, because of a limit or a full disk, is not destroyed: an answer can still be sent.
   *
   * @throws HoldoutError `upload_too_large` (over `limitBytes`), `storage_damaged` (not of `sizeBytes`), `storage_full`; or
   *   whatever the source fails with
   */
  put(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredBlob>;

  /**
   * Stores a file of the same disk without writing its bytes again; nobody may write to it from then on. The file keeps
   * its own name too. Storage that is no disk does not have this function.
   *
   * @throws HoldoutError as `put` does
   */
  adopt?(path: string, options?: AdoptOptions): Promise<StoredBlob>;

  /**
   * Reads a blob. Its digest is verified on the way: a stream that ends without an error was right.
   *
   * @throws HoldoutError `storage_damaged` where it is missing; the stream fails with it where its bytes are wrong
   */
  open(digest: string): Promise<Readable>;

  /**
   * Puts a blob at `path` of this machine's disk, verified and read-only. The folder must exist, the file must not.
   *
   * @throws HoldoutError `storage_damaged`; `storage_full` where `path` has no room for it
   */
  materialise(digest: string, path: string): Promise<void>;

  /**
   * Where a blob already lies as a file of this machine, verified and read-only: for reading in place.
   * Storage that keeps no such files does not have this function.
   *
   * @throws HoldoutError `storage_damaged`
   */
  path?(digest: string): Promise<string>;

  /** How much room its disk has, in bytes. Storage that is no disk does not have this function. */
  room?(): Promise<{ freeBytes: number; sizeBytes: number }>;

  has(digest: string): Promise<boolean>;

  /** @throws HoldoutError `storage_damaged` where the blob is missing */
  sizeBytes(digest: string): Promise<number>;

  /** Every blob whose digest comes after `after`, in the order of digests. */
  list(options?: { after?: string }): AsyncIterable<ListedBlob>;

  /**
   * Removes a blob, unless it was put at `unlessPutSince` or later, also while this runs. One process at a time removes.
   *
   * @returns whether it is gone by this
   */
  remove(digest: string, options: { unlessPutSince: Date }): Promise<boolean>;

  /** Whether a blob could be written and read now. */
  health(): Promise<void>;

  /** Removes what processes that died have begun to put, where it is older than a day; safe beside all others. */
  removeAbandoned(options?: { olderThanMilliseconds?: number }): Promise<void>;
}
