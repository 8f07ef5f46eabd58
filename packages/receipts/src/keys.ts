import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An installation's public key, as it stands in receipts. */
export interface PublicKey {
  /** The 32 bytes of RFC 8032, in base64. */
  readonly publicKey: string;
  /** Their sha256, which two people can read to each other. */
  readonly keyId: string;
}

/** With what it signs by: PKCS #8 in PEM. */
export interface PrivateKey extends PublicKey {
  readonly privateKey: string;
}

const publicKeyBytes = 32;

/** A new Ed25519 key. */
export function makeKeyPair(): PrivateKey {
  const pair = generateKeyPairSync('ed25519');
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...describeKey(pair.publicKey), privateKey };
}

/**
 * Reads a public key in any of the forms it is handed on in: the 32 bytes in base64, SPKI in base64 or PEM, or the JSON
 * that `GET /api/installation/key` answers.
 *
 * @returns null where it is none
 */
export function readPublicKey(text: string): PublicKey | null {
  const named = /"publicKey"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? text;
  // A private key would give its public one away just as well: then something else is wrong.
  if (named.includes('PRIVATE')) return null;
  const key = openPublicKey(named.trim());
  return key && describeKey(key);
}

/** @returns null where it is not an Ed25519 key */
export function openPublicKey(text: string): KeyObject | null {
  try {
    const bytes = Buffer.from(text, 'base64');
    // Buffer passes over what is not base64: a path, or a key with a letter too many.
    if (!text.startsWith('-----') && bytes.toString('base64') !== text) return null;
    const key = text.startsWith('-----') ? createPublicKey(text) : openBytes(bytes);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

export function openPrivateKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}

function openBytes(bytes: Buffer): KeyObject {
  if (bytes.length !== publicKeyBytes) return createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

function describeKey(key: KeyObject): PublicKey {
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { publicKey: bytes.toString('base64'), keyId: createHash('sha256').update(bytes).digest('hex') };
}
