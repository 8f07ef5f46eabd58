import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HoldoutError, showSize } from '@holdout/contracts';
import {
  type Database,
  deleteUpload,
  findUpload,
  insertUpload,
  listUnfinishedUploads,
  removeExpiredUploads,
  type UploadRecord,
} from '@holdout/db';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import { explainRefusal } from './explain-refusal.js';

/** An upload that is not finished, and the result of one that is, are kept for so long. */
const dayMilliseconds = 24 * 60 * 60 * 1000;
const unfinishedOfTeamLimit = 8;

/**
 * The bytes of bundles that come in parts, a file each, while Postgres says which there are and what became of them. How
 * much of one is there is the length of its file, so a server that dies loses nothing that it had written.
 */
export class UploadStore extends FileStore {
  readonly #database: Database;

  /** Makes the folder where there is none, and removes what is in it that nobody will finish. */
  static async open(
    database: Database,
    directory: string,
    { keptMilliseconds = dayMilliseconds } = {},
  ): Promise<UploadStore> {
    const path = resolve(directory);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const store = new UploadStore(database, path, keptMilliseconds);
    await store.removeExpired();
    const wanted = new Set(await listUnfinishedUploads(database));
    for (const name of await readdir(path)) if (!wanted.has(name)) await rm(join(path, name), { force: true });
    return store;
  }

  private constructor(database: Database, directory: string, keptMilliseconds: number) {
    const configstore = {
      get: async (id: string) => toTusUpload(await findUpload(database, id)),
      // The row was written before the file, with the team and phase that the library does not know of.
      set: async () => {},
      delete: (id: string) => deleteUpload(database, id),
    };
    super({ directory, configstore, expirationPeriodInMilliseconds: keptMilliseconds });
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
    this.#database = database;
  }

  pathOf(id: string): string {
    return join(this.directory, id);
  }

  /**
   * Makes room for an upload, in the table and on the disk.
   *
   * @throws HoldoutError `storage_full` where the disk has no room for all of it
   */
  async begin(upload: Parameters<typeof insertUpload>[1]): Promise<void> {
    const { bavail, bsize } = await statfs(this.directory);
    if (upload.sizeBytes > bavail * bsize) {
      throw new HoldoutError('storage_full', { detail: `It has ${showSize(upload.sizeBytes)}.` });
    }
    const removed = await insertUpload(this.#database, upload, { limit: unfinishedOfTeamLimit });
    for (const id of removed) await this.removeFile(id);
  }

  /** Of one that has ended the file is gone, and all of it is there. */
  override async getUpload(id: string): Promise<Upload> {
    const record = await findUpload(this.#database, id);
    const upload = toTusUpload(record);
    if (!record || !upload) throw new HoldoutError('upload_not_found');
    if (hasEnded(record)) return Object.assign(upload, { offset: record.sizeBytes });
    // The library throws objects that are no errors.
    return await super.getUpload(id).catch((error: unknown) => {
      throw explainRefusal(error);
    });
  }

  /**
   * Adds a part. What was written before an error stays.
   *
   * @throws whatever the disk or the part fails with
   */
  override async write(part: Readable, id: string, offset: number): Promise<number> {
    const record = await findUpload(this.#database, id);
    if (!record) throw new HoldoutError('upload_not_found');
    if (hasEnded(record)) return offset;
    // What was acknowledged must still be there after a power cut.
    await pipeline(part, createWriteStream(this.pathOf(id), { flags: 'r+', start: offset, flush: true }));
    return (await stat(this.pathOf(id))).size;
  }

  override async remove(id: string): Promise<void> {
    await deleteUpload(this.#database, id);
    await this.removeFile(id);
  }

  async removeFile(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  /** Forgets what was begun, or has ended, too long ago. */
  async removeExpired(): Promise<void> {
    const expired = await removeExpiredUploads(this.#database, { afterMilliseconds: this.getExpiration() });
    for (const id of expired) await this.removeFile(id);
  }
}

export function hasEnded({ submissionId, refusal }: UploadRecord): boolean {
  return submissionId !== null || refusal !== null;
}

function toTusUpload(record: UploadRecord | null): Upload | undefined {
  if (!record) return undefined;
  const { id, sizeBytes, metadata, createdAt } = record;
  return new Upload({
    id,
    size: sizeBytes,
    offset: 0,
    metadata: { ...metadata },
    creation_date: createdAt.toISOString(),
  });
}
