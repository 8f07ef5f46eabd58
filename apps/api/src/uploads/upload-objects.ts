import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { listMultipartUploads, listObjects, type S3Options, s3ClientConfig } from '@holdout/storage';
import { type MetadataValue, S3Store } from '@tus/s3-store';
import { StreamSplitter } from '@tus/server';
import pLimit from 'p-limit';

/** Parts of this size; what came of one that is not full yet is an object of its own. */
const partBytes = 8 * 1024 * 1024;
const partsSentAtOnce = 8;
/** So many of one upload wait or are sent while the next one is filled. */
const partsOfOneAtOnce = 3;
const partPrefix = 'part-';
const abandonedAfterMilliseconds = 25 * 60 * 60 * 1000;

/** The objects of uploads in parts, as the tus library's store makes them: whole parts, and one that is not full yet. */
export class UploadObjects extends S3Store {
  readonly #directory: string;
  readonly #takeTurns = pLimit(partsSentAtOnce);

  constructor(options: S3Options, directory: string) {
    super({
      partSize: partBytes,
      // Not every service has tags; what is over is known from the table.
      useTags: false,
      s3ClientConfig: { ...s3ClientConfig(options), bucket: options.bucket },
    });
    this.#directory = directory;
  }

  /** One that is complete is an object of its full size; one that is not, a multipart upload. */
  async count(key: string, sizeBytes: number): Promise<number | null> {
    const whole = await this.client.headObject({ Bucket: this.bucket, Key: key }).catch(nullIfMissing);
    if (whole) return whole.ContentLength === sizeBytes ? sizeBytes : null;
    const info = await this.client.headObject({ Bucket: this.bucket, Key: this.infoKey(key) }).catch(nullIfMissing);
    return info ? (await this.getUpload(key)).offset : null;
  }

  /** Makes one object of the parts, where all are there and the process that had the last one died before it did. */
  async complete(key: string, sizeBytes: number): Promise<boolean> {
    if ((await this.count(key, sizeBytes)) !== sizeBytes) return false;
    const parts = await this.retrieveParts(key).catch(nullIfMissing);
    if (parts) await this.finishMultipartUpload(await this.getMetadata(key), parts);
    return true;
  }

  /** The library's own asks for more rights, and knows nothing of objects that are complete. */
  override async remove(key: string): Promise<void> {
    await this.#abort(key);
    for (const Key of [key, this.partKey(key, true), this.infoKey(key)]) {
      await this.client.deleteObject({ Bucket: this.bucket, Key });
    }
    await this.clearCache(key);
  }

  /** Only what has lain there for longer than any upload may take: another process may be about to enter one. */
  async removeOthers(
    prefix: string,
    listWanted: () => Promise<readonly string[]>,
    olderThanMilliseconds = abandonedAfterMilliseconds,
  ): Promise<void> {
    const isOld = (at = new Date()) => Date.now() - at.getTime() > olderThanMilliseconds;
    const place = { Bucket: this.bucket, Prefix: prefix };
    const old = new Set<string>();
    for await (const { Key = '', LastModified } of listObjects(this.client, place))
      if (isOld(LastModified)) old.add(Key.replace(/\.(info|part)$/, ''));
    for await (const { Key = '', Initiated } of listMultipartUploads(this.client, place))
      if (isOld(Initiated)) old.add(Key);
    const wanted = new Set(await listWanted());
    for (const key of old) if (!wanted.has(key)) await this.remove(key);
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const found = await stat(path).catch(() => null);
      if (isOld(found?.mtime)) await rm(path, { recursive: true, force: true });
    }
  }

  /**
   * The library's own writes into the system's temporary folder, which may be a little memory, and takes its turn before a
   * part is filled: a few senders that are slow would keep all others from theirs. Here one is taken when a part is full.
   */
  protected override async uploadParts(
    metadata: MetadataValue,
    source: Readable,
    firstNumber: number,
    offset: number,
  ): Promise<number> {
    const { size = 0 } = metadata.file;
    const directory = await mkdtemp(join(this.#directory, partPrefix));
    const sent: Promise<void>[] = [];
    let filledBytes = 0;
    const splitter = new StreamSplitter({ chunkSize: this.calcOptimalPartSize(size), directory });
    splitter.on('chunkFinished', async (chunk: { path: string; size: number }) => {
      filledBytes += chunk.size;
      const isFull = chunk.size >= this.minPartSize || offset + filledBytes === size;
      const number = firstNumber + sent.length;
      // The next one is not filled before: a sender that is faster than S3 waits here.
      await sent.at(-partsOfOneAtOnce);
      const sending = this.#takeTurns(() => this.#sendPart(metadata, chunk.path, isFull ? number : null));
      sending.catch(() => {});
      sent.push(sending);
    });
    try {
      await pipeline(source, splitter);
      await Promise.all(sent);
      return filledBytes;
    } finally {
      await Promise.allSettled(sent);
      await rm(directory, { recursive: true, force: true });
    }
  }

  /**
   * From memory, since what is streamed can't be sent again where S3 does not take it at once.
   *
   * @param number - null where it is not full
   */
  async #sendPart(metadata: MetadataValue, path: string, number: number | null): Promise<void> {
    const bytes = await readFile(path);
    await rm(path);
    const Key = this.partKey(metadata.file.id, true);
    if (number === null) await this.client.putObject({ Bucket: this.bucket, Key, Body: bytes });
    else await this.uploadPart(metadata, bytes, number);
  }

  protected override async uniqueTmpFileName(template: string): Promise<string> {
    return join(this.#directory, `${template}${randomUUID()}`);
  }

  async #abort(key: string): Promise<void> {
    const place = { Bucket: this.bucket, Prefix: key };
    for await (const { Key, UploadId } of listMultipartUploads(this.client, place)) {
      if (Key !== key) continue;
      await this.client.abortMultipartUpload({ Bucket: this.bucket, Key, UploadId }).catch(nullIfMissing);
    }
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && ['NotFound', 'NoSuchKey', 'NoSuchUpload'].includes(error.name)) return null;
  throw error;
}
