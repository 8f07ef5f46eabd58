import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline as pipelineDone } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { HoldoutError } from '@holdout/contracts';
import { digestOf, keyOf, missing } from './blob-names.js';
import { publishMarked, type RemovalMarks, removeMarked } from './removals.js';
import { createS3Client, type S3Options } from './s3-client.js';
import { describeS3Failure, isNotThere, toS3Error } from './s3-error.js';
import { listMultipartUploads, listObjects } from './s3-listings.js';
import type { ListedBlob, PutOptions, Storage, StoredBlob } from './storage.js';
import { abandonedAfterMilliseconds, UnfinishedFiles } from './unfinished-files.js';
import { verifyingStream } from './verifying-stream.js';

/** What is larger goes in parts of this size, four at a time: about 32 MB of memory for each upload. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 4;
/** S3 takes 10,000 parts. */
const mostParts = 9000;

/**
 * Storage in a bucket: `blobs/ab/cdef…`, and `removing/` for the marks of `removals.ts`. What is put lies in
 * `directory/unfinished` first, because its name is known only after its last byte: so nothing in the bucket has to be
 * renamed, and an upload that breaks off or is too large never reaches it.
 *
 * @throws Error with a sentence for the operator, where the bucket can't be used
 */
export async function createS3Storage(options: S3Options & { directory: string }): Promise<Storage> {
  const storage = new S3Storage(options);
  await storage.prepare();
  return storage;
}

class S3Storage implements Storage {
  readonly #options: S3Options;
  readonly #client: S3Client;
  readonly #directory: string;
  readonly #unfinished: UnfinishedFiles;
  readonly #marks: RemovalMarks;

  constructor({ directory, ...options }: S3Options & { directory: string }) {
    this.#options = options;
    this.#client = createS3Client(options);
    this.#directory = resolve(directory);
    this.#unfinished = new UnfinishedFiles(join(this.#directory, 'unfinished'));
    this.#marks = {
      set: (digest) => this.#putObject(`removing/${digest}`, Buffer.alloc(0)),
      setAt: async (digest) => (await this.#head(`removing/${digest}`))?.putAt ?? null,
      clear: (digest) => this.#deleteObject(`removing/${digest}`),
    };
  }

  async prepare(): Promise<void> {
    const { bucket, endpoint } = this.#options;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#unfinished.prepare();
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }));
      await this.#abortAbandoned();
    } catch (error) {
      throw describeS3Failure(error, bucket, endpoint);
    }
  }

  async put(
    source: AsyncIterable<Uint8Array>,
    { limitBytes = Number.POSITIVE_INFINITY, sizeBytes }: PutOptions = {},
  ): Promise<StoredBlob> {
    return await this.#unfinished.with(source, { limitBytes, sizeBytes, durable: false }, async (path, blob) => {
      const [publish, has] = [() => this.#upload(path, blob), () => this.has(blob.digest)];
      await publishMarked(this.#marks, blob.digest, { publish, has }).catch((error) => {
        throw toS3Error(error);
      });
    });
  }

  async open(digest: string): Promise<Readable> {
    const key = `blobs/${keyOf(digest)}`;
    const { Body: body } = await this.#client.send(new GetObjectCommand(this.#at(key))).catch((error) => {
      throw isNotThere(error) ? missing(digest) : toS3Error(error);
    });
    if (!(body instanceof Readable)) throw new HoldoutError('storage_unavailable', { detail: 'It sent no body.' });
    return verifyingStream(body, digest, toS3Error);
  }

  async materialise(digest: string, path: string): Promise<void> {
    // Opened before anything else can fail: a file that is still being opened would be made after it was removed.
    const file = await open(path, 'wx', 0o444).catch((error) => {
      throw toS3Error(error);
    });
    try {
      await pipelineDone(await this.open(digest), file.createWriteStream());
    } catch (error) {
      await rm(path, { force: true }).catch(() => {});
      throw toS3Error(error);
    } finally {
      await file.close();
    }
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#find(digest)) !== null;
  }

  async sizeBytes(digest: string): Promise<number> {
    const found = await this.#find(digest);
    if (!found) throw missing(digest);
    return found.sizeBytes;
  }

  async *list({ after = '' } = {}): AsyncGenerator<ListedBlob> {
    const { bucket: Bucket, prefix } = this.#options;
    const place = { Bucket, Prefix: `${prefix}blobs/` };
    const found = listObjects(this.#client, place, after === '' ? '' : `${place.Prefix}${keyOf(after)}`);
    try {
      for await (const { Key = '', Size = 0, LastModified = new Date() } of found) {
        const digest = digestOf(Key.slice(place.Prefix.length));
        if (digest !== null) yield { digest, sizeBytes: Size, putAt: LastModified };
      }
    } catch (error) {
      throw toS3Error(error);
    }
  }

  async remove(digest: string, { unlessPutSince }: { unlessPutSince: Date }): Promise<boolean> {
    const key = `blobs/${keyOf(digest)}`;
    const wasPutAt = async () => (await this.#find(digest))?.putAt ?? null;
    try {
      return await removeMarked(this.#marks, digest, {
        wasPutAt,
        unlessPutSince,
        remove: () => this.#deleteObject(key),
      });
    } catch (error) {
      throw toS3Error(error);
    }
  }

  async health(): Promise<void> {
    try {
      await this.#unfinished.health();
      await this.#putObject('health', Buffer.alloc(0));
      await this.#deleteObject('health');
    } catch (error) {
      throw toS3Error(error);
    }
  }

  async removeAbandoned({ olderThanMilliseconds }: { olderThanMilliseconds?: number } = {}): Promise<void> {
    try {
      await this.#unfinished.removeAbandoned(olderThanMilliseconds);
      await this.#abortAbandoned(olderThanMilliseconds);
    } catch (error) {
      throw toS3Error(error);
    }
  }

  /** Whole or not at all: S3 shows neither half an object nor the parts of one that is not complete. */
  async #upload(path: string, { digest, sizeBytes }: StoredBlob): Promise<void> {
    const key = `blobs/${keyOf(digest)}`;
    if (sizeBytes <= partBytes) return await this.#putObject(key, await readFile(path));
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#at(key), Body: createReadStream(path, { highWaterMark: 1024 * 1024 }) },
      partSize: Math.max(partBytes, Math.ceil(sizeBytes / mostParts)),
      queueSize: partsAtOnce,
    });
    await upload.done();
  }

  /** Parts of uploads whose process died lie in no listing, and are paid for all the same. */
  async #abortAbandoned(olderThanMilliseconds = abandonedAfterMilliseconds): Promise<void> {
    const { bucket: Bucket, prefix } = this.#options;
    const place = { Bucket, Prefix: `${prefix}blobs/` };
    for await (const { Key, UploadId, Initiated = new Date() } of listMultipartUploads(this.#client, place)) {
      if (Date.now() - Initiated.getTime() < olderThanMilliseconds) continue;
      // Another process does the same.
      await this.#client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((error) => {
        if (!isNotThere(error)) throw error;
      });
    }
  }

  async #find(digest: string): Promise<{ sizeBytes: number; putAt: Date } | null> {
    const key = `blobs/${keyOf(digest)}`;
    return await this.#head(key).catch((error) => {
      throw toS3Error(error);
    });
  }

  async #head(key: string): Promise<{ sizeBytes: number; putAt: Date } | null> {
    try {
      const found = await this.#client.send(new HeadObjectCommand(this.#at(key)));
      return { sizeBytes: found.ContentLength ?? 0, putAt: found.LastModified ?? new Date() };
    } catch (error) {
      if (isNotThere(error)) return null;
      throw error;
    }
  }

  async #putObject(key: string, bytes: Buffer): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: bytes }));
  }

  async #deleteObject(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(key)));
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#options.bucket, Key: `${this.#options.prefix}${key}` };
  }
}
