import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HoldoutError } from '@holdout/contracts';

/** What a part's checksum may be made by. */
export const checksumAlgorithms = ['sha1', 'sha256', 'md5'] as const;

export interface Checksum {
  readonly algorithm: (typeof checksumAlgorithms)[number];
  readonly digest: Buffer;
}

/** Reads the header `Upload-Checksum`. @throws HoldoutError `request_invalid` */
export function readChecksum(header: string): Checksum {
  const [name, base64 = '', ...rest] = header.split(' ');
  const algorithm = checksumAlgorithms.find((each) => each === name);
  if (!algorithm || rest.length > 0) {
    const detail = `Upload-Checksum: expected one of ${checksumAlgorithms.join(', ')}, a space and the digest in base64.`;
    throw new HoldoutError('request_invalid', { detail });
  }
  return { algorithm, digest: Buffer.from(base64, 'base64') };
}

/**
 * Receives a whole part beside the upload, and hands it on only where it is what its checksum says: a server that is
 * killed while it comes has kept nothing of it. How much comes is for the caller to limit.
 *
 * @throws HoldoutError `upload_checksum_wrong`; whatever the disk fails with
 */
export async function withCheckedPart<T>(
  part: Readable,
  { checksum, directory }: { checksum: Checksum; directory: string },
  use: (checked: Readable) => Promise<T>,
): Promise<T> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, randomUUID());
  const hash = createHash(checksum.algorithm);
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // Opened before anything can fail: a file that is still being opened would be made after it was removed.
  const file = await open(path, 'wx', 0o600);
  try {
    await pipeline(part, count, file.createWriteStream());
    const found = hash.digest();
    if (found.length !== checksum.digest.length || !timingSafeEqual(found, checksum.digest)) {
      throw new HoldoutError('upload_checksum_wrong', { detail: `${sizeBytes} bytes arrived.` });
    }
    const checked = createReadStream(path, { highWaterMark: 256 * 1024 });
    // It may fail before anybody reads it, and is not read to its end where nothing of it is wanted, or the disk is full.
    checked.on('error', () => {});
    try {
      return await use(checked);
    } finally {
      checked.destroy();
    }
  } finally {
    await rm(path, { force: true });
  }
}
