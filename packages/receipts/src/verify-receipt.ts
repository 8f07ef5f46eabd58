import { verify } from 'node:crypto';
import { HoldoutError, type Receipt, receiptFormat, receiptSchema } from '@holdout/contracts';
import { z } from 'zod';
import { canonicalBytes } from './canonical-bytes.js';
import { openPublicKey, type PublicKey, readPublicKey } from './keys.js';
import { parseReceiptJson, unreadable } from './parse-receipt-json.js';

/** A receipt that was signed as it stands, by this key. */
export interface VerifiedReceipt {
  readonly receipt: Receipt;
  readonly key: PublicKey;
}

/** Only what is needed to check the signature: what was changed should be called changed, not unreadable. */
const envelopeSchema = z.strictObject({
  receipt: z.looseObject({ format: z.literal(receiptFormat) }),
  signature: z.string(),
  publicKey: z.string(),
  keyId: z.string(),
});
const signatureBytes = 64;

/**
 * Checks a receipt as it was downloaded, without any server: that its key signed exactly what stands in it, and that this
 * key is the expected one. Without `expected` that proves that nothing was changed, but not who signed.
 *
 * @throws HoldoutError `receipt_unreadable` where it is no receipt, or its key or signature are not whole,
 *   `receipt_wrong_key`, `receipt_changed`
 */
export function verifyReceipt(file: Uint8Array | string, expected?: PublicKey): VerifiedReceipt {
  const { receipt, signature, publicKey, keyId } = readEnvelope(file);
  const opened = openPublicKey(publicKey);
  const key = readPublicKey(publicKey);
  if (!opened || !key) throw unreadable('Its public key is not a whole Ed25519 key.');
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.length !== signatureBytes) {
    throw unreadable(`Its signature is not whole: it has ${bytes.length} bytes of ${signatureBytes}.`);
  }
  if (expected && expected.keyId !== key.keyId) {
    const detail = `It names the key ${key.keyId}; expected ${expected.keyId}.`;
    throw new HoldoutError('receipt_wrong_key', { detail });
  }
  if (keyId !== key.keyId || !verify(null, canonicalBytes(receipt), opened, bytes)) {
    throw new HoldoutError('receipt_changed');
  }
  const parsed = receiptSchema.safeParse(receipt);
  if (!parsed.success) throw unreadable('It was signed as it stands, but by a release that this one does not know.');
  return { receipt: parsed.data, key };
}

/**
 * Checks that a receipt is of this bundle.
 *
 * @param digest - sha256 of the archive, in hexadecimal
 * @throws HoldoutError `receipt_wrong_bundle`
 */
export function demandBundle({ provenance: { bundleDigest } }: Receipt, digest: string): void {
  if (bundleDigest === digest) return;
  const detail = bundleDigest
    ? `The archive’s sha256 is ${digest}; the receipt is of ${bundleDigest}.`
    : 'The receipt is of imported predictions, and of no bundle.';
  throw new HoldoutError('receipt_wrong_bundle', { detail });
}

/** As it stands in the file, with whatever was added: all of it counts for the signature. */
function readEnvelope(file: Uint8Array | string): z.infer<typeof envelopeSchema> {
  const parsed = envelopeSchema.safeParse(parseReceiptJson(typeof file === 'string' ? Buffer.from(file) : file));
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.');
  const what = field ? `: ${field} is missing or wrong` : '';
  throw unreadable(`It is JSON, but not a receipt of a Holdout server${what}.`);
}
