import { S3ServiceException } from '@aws-sdk/client-s3';
import { HoldoutError } from '@holdout/contracts';
import { hasCode, toStorageError } from './storage-error.js';

/** How services say that a bucket, or their disk, has no room. */
const fullNames = ['EntityTooLarge', 'InsufficientStorage', 'QuotaExceeded', 'StorageFull', 'XMinioStorageFull'];

/** The catalogue's error for what S3, its connection or the local disk said; one of the catalogue's passes through. */
export function toS3Error(error: unknown): HoldoutError {
  if (!(error instanceof S3ServiceException)) return toStorageError(error);
  const full = error.$metadata.httpStatusCode === 507 || fullNames.includes(error.name);
  return new HoldoutError(full ? 'storage_full' : 'storage_unavailable', { cause: error });
}

export function isNotThere(error: unknown): boolean {
  return error instanceof S3ServiceException && ['NotFound', 'NoSuchKey', 'NoSuchUpload'].includes(error.name);
}

/** A sentence for the operator, where the bucket can't be used from the start. */
export function describeS3Failure(error: unknown, bucket: string, endpoint: string | undefined): Error {
  const at = `the bucket “${bucket}” at ${endpoint ?? 'Amazon S3'}`;
  return new Error(`Storage can’t be opened: ${at} ${sayWhy(error)}`, { cause: error });
}

function sayWhy(error: unknown): string {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 404) return 'does not exist. Make it, or set HOLDOUT_S3_BUCKET right.';
  if (status === 403)
    return 'may not be used with these credentials. Set HOLDOUT_S3_ACCESS_KEY_ID and its secret right.';
  if (status === 301 || status === 400)
    return 'refused the request. Set HOLDOUT_S3_REGION and HOLDOUT_S3_ENDPOINT right.';
  if (status !== undefined) return `answered with status ${status}. Look at the service, and start again.`;
  if (error instanceof Error && error.name === 'CredentialsProviderError') {
    return 'needs credentials, and none were found. Set HOLDOUT_S3_ACCESS_KEY_ID and HOLDOUT_S3_SECRET_ACCESS_KEY.';
  }
  const code = ['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN'].find((each) => hasCode(error, each));
  return `can’t be reached (${code ?? (error instanceof Error ? error.name : 'unknown')}). Set HOLDOUT_S3_ENDPOINT right.`;
}
