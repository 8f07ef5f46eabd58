import { z } from 'zod';
import { fieldSentences } from './field-sentences.js';

/** The name of a blob or of a test-set version: the sha256 of its bytes, 64 lower-case hexadecimal digits. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, fieldSentences.a_digest);
export type Digest = z.infer<typeof digestSchema>;

/** One seed for every score and board of a test-set version, so that all are compared on the same resamples. */
export function seedOfDigest(digest: string): number {
  return Number.parseInt(digest.slice(0, 8), 16);
}
