import { sign } from 'node:crypto';
import type { Receipt, SignedReceipt } from '@holdout/contracts';
import { canonicalBytes } from './canonical-bytes.js';
import { openPrivateKey, type PrivateKey } from './keys.js';

/** Signs a receipt by Ed25519 over its canonical JSON. The same receipt and key always give the same signature. */
export function signReceipt(receipt: Receipt, { privateKey, publicKey, keyId }: PrivateKey): SignedReceipt {
  const signature = sign(null, canonicalBytes(receipt), openPrivateKey(privateKey)).toString('base64');
  return { receipt, signature, publicKey, keyId };
}
