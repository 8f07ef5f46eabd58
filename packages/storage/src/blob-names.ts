import { HoldoutError } from '@holdout/contracts';

const digestPattern = /^[0-9a-f]{64}$/;

/** Where a blob lies, below `blobs/`. @throws TypeError for what is no digest */
export function keyOf(digest: string): string {
  if (!digestPattern.test(digest)) throw new TypeError(`Not a sha256 in lower-case hexadecimal: ${digest}`);
  return `${digest.slice(0, 2)}/${digest.slice(2)}`;
}

/** The digest of what lies there; null for what is no blob. */
export function digestOf(key: string): string | null {
  const digest = key.replace('/', '');
  return digestPattern.test(digest) && keyOf(digest) === key ? digest : null;
}

export function missing(digest: string): HoldoutError {
  return new HoldoutError('storage_damaged', { detail: `Blob ${digest} is missing.` });
}
