import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { HoldoutError } from '@holdout/contracts';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from './canonical-bytes.js';
import { demandBundle, makeKeyPair, readPublicKey, signReceipt, verifyReceipt } from './index.js';
import { makeReceipt } from './testing/make-receipt.js';

const key = makeKeyPair();
const signed = signReceipt(makeReceipt(), key);
const text = JSON.stringify(signed);

function catchRefusal(act: () => unknown): [string, string | undefined] {
  try {
    act();
  } catch (error) {
    if (error instanceof HoldoutError) return [error.code, error.detail];
    throw error;
  }
  return ['accepted', undefined];
}

describe('canonical JSON', () => {
  it('is that of RFC 8785: its example of section 3.2.2', () => {
    const input = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalBytes(input).toString('utf8')).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts by UTF-16 units, as section 3.2.3 has it', () => {
    const sorted = canonicalBytes({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 });
    expect(Object.values(JSON.parse(sorted.toString('utf8')))).toHaveLength(7);
    const keys = [...sorted.toString('utf8').matchAll(/"((?:[^"\\]|\\.)*)":(\d)/g)].map((match) => match[2]);
    expect(keys.join('')).toBe('2467153');
  });
});

describe('a signature', () => {
  it('is Ed25519 over the canonical JSON, by the key that the receipt names', () => {
    const bytes = Buffer.from(signed.publicKey, 'base64');
    expect(bytes).toHaveLength(32);
    expect(signed.keyId).toBe(createHash('sha256').update(bytes).digest('hex'));
    // The fixed beginning of every Ed25519 key in SPKI (RFC 8410).
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const written = canonicalBytes(JSON.parse(text).receipt);
    expect(verify(null, written, publicKey, Buffer.from(signed.signature, 'base64'))).toBe(true);
  });

  it('is the same each time, and has nothing of the private key in it', () => {
    expect(signReceipt(makeReceipt(), key)).toEqual(signed);
    expect(text).not.toContain('PRIVATE');
  });
});

describe('a receipt', () => {
  it('is accepted as it was signed, however it is laid out', () => {
    expect(verifyReceipt(text)).toEqual({
      receipt: makeReceipt(),
      key: { publicKey: key.publicKey, keyId: key.keyId },
    });
    const turned = Object.fromEntries(Object.entries(signed.receipt).reverse());
    const laidOut = `\uFEFF${JSON.stringify({ ...signed, receipt: turned }, null, 4)}\r\n`;
    expect(verifyReceipt(laidOut, key).receipt).toEqual(makeReceipt());
  });

  it('is refused after any change of any of its values, or one that was added or taken away', () => {
    let changes = 0;
    for (const change of listChanges(JSON.parse(text).receipt)) {
      changes += 1;
      const refusal = catchRefusal(() => verifyReceipt(JSON.stringify({ ...signed, receipt: change.receipt })));
      expect(refusal[0], change.path).toBe(change.path === 'format' ? 'receipt_unreadable' : 'receipt_changed');
    }
    expect(changes).toBeGreaterThan(60);
    const added = { ...signed, receipt: { ...signed.receipt, provenance: { ...signed.receipt.provenance, more: 1 } } };
    expect(catchRefusal(() => verifyReceipt(JSON.stringify(added)))[0]).toBe('receipt_changed');
  });

  it('is refused where it was signed anew by somebody else', () => {
    const other = makeKeyPair();
    const forged = JSON.stringify(signReceipt({ ...makeReceipt(), team: 'other' }, other));
    expect(verifyReceipt(forged).key.keyId).toBe(other.keyId);
    expect(catchRefusal(() => verifyReceipt(forged, key))).toEqual([
      'receipt_wrong_key',
      `It names the key ${other.keyId}; expected ${key.keyId}.`,
    ]);
    // With our key's name on another's signature.
    const named = { ...JSON.parse(forged), publicKey: key.publicKey, keyId: key.keyId };
    expect(catchRefusal(() => verifyReceipt(JSON.stringify(named), key))[0]).toBe('receipt_changed');
    expect(catchRefusal(() => verifyReceipt(JSON.stringify({ ...signed, keyId: other.keyId })))[0]).toBe(
      'receipt_changed',
    );
  });

  it.each([
    ['not JSON', 'a receipt', 'It is not JSON, or not the whole of it.'],
    ['half of it', text.slice(0, text.length / 2), 'It is not JSON, or not the whole of it.'],
    ['nothing', '', 'It is not JSON, or not the whole of it.'],
    ['another JSON', '{"team":"x"}', 'It is JSON, but not a receipt of a Holdout server: receipt is missing or wrong.'],
    ['null', 'null', 'It is JSON, but not a receipt of a Holdout server.'],
    [
      'a cut signature',
      JSON.stringify({ ...signed, signature: signed.signature.slice(0, 40) }),
      'Its signature is not whole: it has 30 bytes of 64.',
    ],
    [
      'a cut key',
      JSON.stringify({ ...signed, publicKey: signed.publicKey.slice(0, 20) }),
      'Its public key is not a whole Ed25519 key.',
    ],
  ])('is refused with a reason where it is %s', (_what, broken, detail) => {
    expect(catchRefusal(() => verifyReceipt(broken))).toEqual(['receipt_unreadable', detail]);
  });

  it('is of one bundle', () => {
    const receipt = makeReceipt();
    demandBundle(receipt, 'a'.repeat(64));
    const [code, detail] = catchRefusal(() => demandBundle(receipt, 'e'.repeat(64)));
    expect([code, detail]).toEqual(['receipt_wrong_bundle', expect.stringContaining('e'.repeat(64))]);
    const imported = { ...receipt, provenance: { ...receipt.provenance, bundleDigest: null } };
    expect(catchRefusal(() => demandBundle(imported, 'a'.repeat(64)))[0]).toBe('receipt_wrong_bundle');
  });
});

describe('a public key', () => {
  const { publicKey, keyId } = key;
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'base64')]);
  const base64 = spki.toString('base64');

  it.each([
    ['32 bytes in base64', ` ${publicKey}\n`],
    ['SPKI in base64', base64],
    ['PEM', `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`],
    ['what the server answers', JSON.stringify({ algorithm: 'Ed25519', publicKey, keyId })],
    ['a receipt', text],
  ])('is read as %s', (_form, given) => {
    expect(readPublicKey(given)).toEqual({ publicKey, keyId });
  });

  it.each([
    ['nothing', ''],
    ['words', 'no key at all'],
    ['a private key', key.privateKey],
    [
      'a key of another kind',
      generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    ['a path that could be decoded', `./${'keys/server'.repeat(4).slice(0, 43)}`],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
  ])('is not read from %s', (_form, given) => {
    expect(readPublicKey(given)).toBeNull();
  });
});

type Json = { [field: string]: unknown };

/** Copies of a receipt, each with one value changed or taken away. */
function* listChanges(receipt: Json): Generator<{ path: string; receipt: Json }> {
  for (const path of listPaths(receipt)) {
    for (const change of ['change', 'remove'] as const) {
      const copy = structuredClone(receipt);
      const parent = path.slice(0, -1).reduce<Json>((object, field) => object[field] as Json, copy);
      const last = path.at(-1) ?? '';
      if (change === 'remove') delete parent[last];
      else parent[last] = typeof parent[last] === 'number' ? parent[last] + 0.001 : `${parent[last]}!`;
      yield { path: path.join('.'), receipt: copy };
    }
  }
}

function listPaths(value: Json): string[][] {
  return Object.entries(value).flatMap(([field, inner]) =>
    typeof inner === 'object' && inner !== null ? listPaths(inner as Json).map((path) => [field, ...path]) : [[field]],
  );
}
