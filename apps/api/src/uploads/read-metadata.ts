import { HoldoutError } from '@holdout/contracts';
import { readDescription, type SubmissionDescription } from './read-description.js';

/** What tus clients say of every file, and what is not asked of a bundle. */
const fileKeys = new Set(['filename', 'filetype']);

/**
 * Reads the header `Upload-Metadata`: the file's name, and what the plain upload takes in its query.
 *
 * @throws HoldoutError `request_invalid`
 */
export function readMetadata(metadata: Readonly<Record<string, string | null>>): SubmissionDescription {
  const entries = Object.entries(metadata);
  if (entries.some(([, value]) => value?.includes('\0'))) {
    throw new HoldoutError('request_invalid', { detail: 'Upload-Metadata has a NUL; expected plain text.' });
  }
  const fields = entries.filter(([key]) => !fileKeys.has(key));
  return readDescription(Object.fromEntries(fields), 'Upload-Metadata');
}
