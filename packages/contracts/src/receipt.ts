import { z } from 'zod';
import { publishedScoreSchema } from './api.js';
import { digestSchema } from './digest.js';
import { provenanceSchema } from './provenance.js';
import { slugSchema } from './slug.js';

export const receiptFormat = 'holdout-receipt-1';

/**
 * What the server vouches for: this team's bundle, on this version of the test set, was given this score. It has the
 * score as the team sees it, and no time of its own: the same score always gives the same receipt.
 */
export const receiptSchema = z.object({
  format: z.literal(receiptFormat),
  submissionId: z.uuid(),
  competition: slugSchema,
  phase: slugSchema,
  team: z.string(),
  name: z.string(),
  submittedAt: z.iso.datetime(),
  scoredAt: z.iso.datetime(),
  provenance: provenanceSchema,
  score: publishedScoreSchema,
});
export type Receipt = z.infer<typeof receiptSchema>;

/** The key that an installation signs its receipts by. */
export const installationKeySchema = z.object({
  algorithm: z.literal('Ed25519'),
  /** The 32 bytes of RFC 8032, in base64. */
  publicKey: z.base64(),
  /** Their sha256. */
  keyId: digestSchema,
});
export type InstallationKey = z.infer<typeof installationKeySchema>;

/** A receipt, signed by Ed25519 over its canonical JSON (RFC 8785). */
export const signedReceiptSchema = z.object({
  receipt: receiptSchema,
  signature: z.string(),
  publicKey: z.string(),
  keyId: z.string(),
});
export type SignedReceipt = z.infer<typeof signedReceiptSchema>;
