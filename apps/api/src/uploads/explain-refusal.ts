import { type ErrorCode, HoldoutError } from '@holdout/contracts';
import { toStorageError } from '@holdout/storage';

/** What the library says by its statuses, in the catalogue's words. */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'request_invalid',
  403: 'request_invalid',
  404: 'upload_not_found',
  409: 'upload_offset_wrong',
  410: 'upload_not_found',
  412: 'upload_protocol_unknown',
  413: 'upload_too_large',
  501: 'request_invalid',
};

/** Makes a problem of the catalogue of what the tus library refused with: an error of ours or of the disk, or its own. */
export function explainRefusal(refusal: unknown): unknown {
  // Of the disk's errors the library hands on the first one that it hears, in whatever stream.
  if (refusal instanceof Error && 'syscall' in refusal) return toStorageError(refusal);
  if (!isTusRefusal(refusal)) return refusal;
  const { status_code: status, body } = refusal;
  const code = codes[status];
  if (!code) return new HoldoutError('internal', { cause: refusal });
  // Its words speak of the protocol and the request, never of our insides.
  const detail = status === 413 ? 'It goes on after the length that was announced.' : body.trim();
  return new HoldoutError(code, code === 'upload_not_found' ? {} : { detail });
}

interface TusRefusal {
  readonly status_code: number;
  readonly body: string;
}

function isTusRefusal(error: unknown): error is TusRefusal {
  if (typeof error !== 'object' || error === null || error instanceof HoldoutError) return false;
  return 'status_code' in error && typeof error.status_code === 'number' && 'body' in error;
}
