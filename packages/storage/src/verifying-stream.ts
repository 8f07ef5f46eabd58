import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';
import { toStorageError } from './storage-error.js';

/**
 * Passes bytes on, and fails at the end where their sha256 is not `digest`.
 *
 * @param toError - what becomes of an error of the source's
 */
export function verifyingStream(
  source: Readable,
  digest: string,
  toError: (error: unknown) => Error = toStorageError,
): Readable {
  const hash = createHash('sha256');
  const verify = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const found = hash.digest('hex');
      done(found === digest ? null : damaged(digest, found));
    },
  });
  // The source is closed when its reader leaves early.
  source.once('error', (error) => verify.destroy(toError(error)));
  pipeline(source, verify, () => {});
  return verify;
}

export function damaged(digest: string, found: string): HoldoutError {
  return new HoldoutError('storage_damaged', { detail: `Blob ${digest} has bytes whose sha256 is ${found}.` });
}
