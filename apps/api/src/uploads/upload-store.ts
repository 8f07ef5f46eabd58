import { Readable } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';
import {
  type Database,
  deleteConcatenated,
  deleteUpload,
  findUpload,
  insertUpload,
  listUnfinishedUploads,
  removeExpiredUploads,
  type UploadRecord,
} from '@holdout/db';
import type { S3Options } from '@holdout/storage';
import { DataStore, Upload } from '@tus/server';
import { openDiskBytes } from './disk-bytes.js';
import { openS3Bytes } from './s3-bytes.js';
import type { UploadBytes } from './upload-bytes.js';

/** An upload that is not finished, and the result of one that is, are kept for so long. */
const dayMilliseconds = 24 * 60 * 60 * 1000;
const unfinishedOfTeamLimit = 8;

/** Bundles that come in parts: Postgres says which there are and what became of them, and `bytes` has their bytes. */
export class UploadStore extends DataStore {
  readonly #database: Database;
  readonly #bytes: UploadBytes;
  readonly #keptMilliseconds: number;

  /** Opens the place of the bytes, a folder or a bucket. */
  static async open(
    database: Database,
    directory: string,
    { keptMilliseconds = dayMilliseconds, s3 = null }: { keptMilliseconds?: number; s3?: S3Options | null } = {},
  ): Promise<UploadStore> {
    const bytes = await (s3 ? openS3Bytes(s3, directory) : openDiskBytes(directory));
    return new UploadStore(database, bytes, keptMilliseconds);
  }

  private constructor(database: Database, bytes: UploadBytes, keptMilliseconds: number) {
    super();
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration', 'checksum', 'concatenation'];
    this.#database = database;
    this.#bytes = bytes;
    this.#keptMilliseconds = keptMilliseconds;
  }

  override getExpiration(): number {
    return this.#keptMilliseconds;
  }

  /**
   * Makes room for an upload, in the table and where its bytes will lie.
   *
   * @returns its id; where the same partial uploads were put together before, the id of that one
   * @throws HoldoutError `storage_full` where there is no room for all of it
   */
  async begin(upload: Parameters<typeof insertUpload>[1]): Promise<string> {
    // The bytes of one that puts others together are there already.
    if (!upload.concatenates) await this.#bytes.demandRoom(upload.sizeBytes);
    const { id, removed } = await insertUpload(this.#database, upload, { limit: unfinishedOfTeamLimit });
    for (const other of removed) await this.#bytes.remove(other);
    return id;
  }

  override async create(upload: Upload): Promise<Upload> {
    try {
      await this.#bytes.create(upload.id, upload.size ?? 0);
    } catch (error) {
      // Nobody was told of it.
      await deleteUpload(this.#database, upload.id);
      throw error;
    }
    return upload;
  }

  /** Of one that has ended the bytes are gone, and all of it is there; so it is of one that puts others together. */
  override async getUpload(id: string): Promise<Upload> {
    const record = await findUpload(this.#database, id);
    if (!record) throw new HoldoutError('upload_not_found');
    const isComplete = hasEnded(record) || record.concatenates !== null;
    const offset = isComplete ? record.sizeBytes : await this.#bytes.count(id, record.sizeBytes);
    if (offset === null) throw new HoldoutError('upload_not_found');
    return toTusUpload(record, offset);
  }

  /**
   * Adds a part. What was written before an error stays.
   *
   * @throws whatever the disk, S3 or the part fails with
   */
  override async write(part: Readable, id: string, offset: number): Promise<number> {
    const record = await findUpload(this.#database, id);
    if (!record) throw new HoldoutError('upload_not_found');
    // A sender that lost the last answer sends nothing from the end on; the file may be storage's by then.
    if (hasEnded(record) || offset === record.sizeBytes) return offset;
    return await this.#bytes.append(part, id, offset);
  }

  /** Whether all of one is there, to be read from now on. */
  async isComplete(record: UploadRecord): Promise<boolean> {
    if (hasEnded(record) || record.concatenates) return true;
    return await this.#bytes.complete(record.id, record.sizeBytes);
  }

  /** Where one lies that is complete, as one file; undefined where it does not. */
  pathOf({ id, concatenates }: Pick<UploadRecord, 'id' | 'concatenates'>): string | undefined {
    return concatenates ? undefined : this.#bytes.pathOf?.(id);
  }

  /** The sha256 of one that is complete, where it is known without reading it. */
  async digestOf({
    id,
    concatenates,
    sizeBytes,
  }: Pick<UploadRecord, 'id' | 'concatenates' | 'sizeBytes'>): Promise<string | null> {
    return concatenates ? null : ((await this.#bytes.digestOf?.(id, sizeBytes)) ?? null);
  }

  /** Reads one that is complete, or those that it puts together. */
  read({ id, concatenates }: Pick<UploadRecord, 'id' | 'concatenates'>): Readable {
    const bytes = this.#bytes;
    async function* readAll() {
      for (const part of concatenates ?? [id]) yield* await bytes.read(part);
    }
    return Readable.from(readAll(), { objectMode: false, highWaterMark: 256 * 1024 });
  }

  override async remove(id: string): Promise<void> {
    await deleteUpload(this.#database, id);
    await this.#bytes.remove(id);
  }

  /** Removes the bytes of one that has ended; nobody puts its parts together again. */
  async removeBytes({ id, concatenates }: Pick<UploadRecord, 'id' | 'concatenates'>): Promise<void> {
    if (!concatenates) return await this.#bytes.remove(id);
    await deleteConcatenated(this.#database, concatenates);
    for (const part of concatenates) await this.#bytes.remove(part);
  }

  /** Forgets what was begun, or has ended, too long ago. */
  async removeExpired(): Promise<void> {
    const expired = await removeExpiredUploads(this.#database, { afterMilliseconds: this.#keptMilliseconds });
    for (const id of expired) await this.#bytes.remove(id);
  }

  /** Removes every byte that nobody will finish: whoever ended an upload may have died before it did. */
  async removeLeft(): Promise<void> {
    await this.#bytes.removeOthers(() => listUnfinishedUploads(this.#database));
  }
}

function hasEnded({ submissionId, refusal }: UploadRecord): boolean {
  return submissionId !== null || refusal !== null;
}

function toTusUpload({ id, sizeBytes, metadata, createdAt }: UploadRecord, offset: number): Upload {
  return new Upload({ id, size: sizeBytes, offset, metadata: { ...metadata }, creation_date: createdAt.toISOString() });
}
