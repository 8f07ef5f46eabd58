import type { Readable } from 'node:stream';

/** Where the bytes of uploads in parts lie, by the uploads' ids. Which there are, Postgres says. */
export interface UploadBytes {
  /** @throws HoldoutError `storage_full` where there is no room for so many */
  demandRoom(sizeBytes: number): Promise<void>;

  /** Begins one of this size. */
  create(id: string, sizeBytes: number): Promise<void>;

  /** How many bytes are there; null where they are lost. */
  count(id: string, sizeBytes: number): Promise<number | null>;

  /** Makes one whole of which every byte has come. @returns whether every byte has */
  complete(id: string, sizeBytes: number): Promise<boolean>;

  /**
   * Adds to one; what was added before an error stays.
   *
   * @returns how many are there then
   */
  append(part: Readable, id: string, offset: number): Promise<number>;

  /** Reads one that is complete. */
  read(id: string): Promise<Readable>;

  /** Where one lies as a file of this machine. */
  pathOf?(id: string): string;

  /** The sha256 of one that is complete, where it was hashed while it came; said once. */
  digestOf?(id: string, sizeBytes: number): Promise<string | null>;

  remove(id: string): Promise<void>;

  /** Removes what belongs to none of those that `listWanted` names, and what processes that died have left. */
  removeOthers(
    listWanted: () => Promise<readonly string[]>,
    options?: { olderThanMilliseconds?: number },
  ): Promise<void>;
}
