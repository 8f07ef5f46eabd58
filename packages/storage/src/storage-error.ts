import { HoldoutError } from '@holdout/contracts';

/** The catalogue's error for what the file system said; one of the catalogue's passes through. */
export function toStorageError(error: unknown): HoldoutError {
  if (error instanceof HoldoutError) return error;
  // EFBIG: the process, or the file system, allows no file that long.
  const full = hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG');
  return new HoldoutError(full ? 'storage_full' : 'storage_unavailable', { cause: error });
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
