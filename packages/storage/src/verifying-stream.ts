import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { HoldoutError } from '@holdout/contracts';

/** Passes bytes on, and fails at the end where their sha256 is not `digest`. */
export function verifyingStream(source: Readable, digest: string): Readable {
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
  // Errors travel on `verify`; the source is closed when its reader leaves early.
  pipeline(source, verify, () => {});
  return verify;
}

export function damaged(digest: string, found: string): HoldoutError {
  return new HoldoutError('storage_damaged', { detail: `Blob ${digest} has bytes whose sha256 is ${found}.` });
}
