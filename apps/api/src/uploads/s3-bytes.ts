import { type S3Options, s3ClientConfig, toS3Error } from '@holdout/storage';
import { S3Store } from '@tus/s3-store';
import { Upload } from '@tus/server';
import type { UploadBytes } from './upload-bytes.js';

/** Parts of this size; what came of one that is not full yet is an object of its own. */
const partBytes = 8 * 1024 * 1024;
/** Each is in memory or in a temporary file while it is sent. */
const partsAtOnce = 8;
const abandonedAfterMilliseconds = 25 * 60 * 60 * 1000;

/**
 * A multipart upload of S3 for each upload, by the tus library's own store: any API process goes on with what another one
 * began. A process that dies loses of a part what was not full yet, and HEAD tells its sender so.
 */
export function openS3Bytes(options: S3Options): UploadBytes {
  const store = new UploadObjects(options);
  const { prefix } = options;
  const keyOf = (id: string) => `${prefix}uploads/${id}`;
  return {
    // Nobody knows how much room a bucket has.
    demandRoom: async () => {},
    create: (id, sizeBytes) =>
      asStorage(store.create(new Upload({ id: keyOf(id), size: sizeBytes, offset: 0 }))).then(() => {}),
    count: async (id, sizeBytes) => await asStorage(store.count(keyOf(id), sizeBytes)),
    append: (part, id, offset) => asStorage(store.write(part, keyOf(id), offset)),
    read: (id) => asStorage(store.read(keyOf(id))),
    remove: (id) => asStorage(store.remove(keyOf(id))),
    removeOthers: (listWanted) =>
      asStorage(store.removeOthers(`${prefix}uploads/`, async () => (await listWanted()).map(keyOf))),
  };
}

class UploadObjects extends S3Store {
  constructor(options: S3Options) {
    super({
      partSize: partBytes,
      maxConcurrentPartUploads: partsAtOnce,
      // Not every service has tags; what is over is known from the table.
      useTags: false,
      s3ClientConfig: { ...s3ClientConfig(options), bucket: options.bucket },
    });
  }

  /** One that is complete is an object of its full size; one that is not, a multipart upload. */
  async count(key: string, sizeBytes: number): Promise<number | null> {
    const whole = await this.client.headObject({ Bucket: this.bucket, Key: key }).catch(nullIfMissing);
    if (whole) return whole.ContentLength === sizeBytes ? sizeBytes : null;
    const info = await this.client.headObject({ Bucket: this.bucket, Key: this.infoKey(key) }).catch(nullIfMissing);
    return info ? (await this.getUpload(key)).offset : null;
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
  async removeOthers(prefix: string, listWanted: () => Promise<readonly string[]>): Promise<void> {
    const isOld = (at = new Date()) => Date.now() - at.getTime() > abandonedAfterMilliseconds;
    const place = { Bucket: this.bucket, Prefix: prefix };
    const { Contents = [] } = await this.client.listObjectsV2(place);
    const { Uploads = [] } = await this.client.listMultipartUploads(place);
    const old = [
      ...Contents.filter(({ LastModified }) => isOld(LastModified)).map(({ Key = '' }) =>
        Key.replace(/\.(info|part)$/, ''),
      ),
      ...Uploads.filter(({ Initiated }) => isOld(Initiated)).map(({ Key = '' }) => Key),
    ];
    const wanted = new Set(await listWanted());
    for (const key of new Set(old)) if (!wanted.has(key)) await this.remove(key);
  }

  async #abort(key: string): Promise<void> {
    const { Uploads = [] } = await this.client.listMultipartUploads({ Bucket: this.bucket, Prefix: key });
    for (const { Key, UploadId } of Uploads) {
      await this.client.abortMultipartUpload({ Bucket: this.bucket, Key, UploadId }).catch(nullIfMissing);
    }
  }
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && ['NotFound', 'NoSuchKey', 'NoSuchUpload'].includes(error.name)) return null;
  throw error;
}

/** The library throws what S3 or the disk said; a part whose sender broke off is no error of theirs. */
async function asStorage<T>(asked: Promise<T>): Promise<T> {
  return await asked.catch((error: unknown) => {
    const isOurs = error instanceof Error && ('$metadata' in error || 'syscall' in error || 'code' in error);
    throw isOurs ? toS3Error(error) : error;
  });
}
