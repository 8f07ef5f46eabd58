import { createHash } from 'node:crypto';
import type { Receipt } from '@holdout/contracts';
import { makeKeyPair, signReceipt } from '@holdout/receipts';
import { describe, expect, it } from 'vitest';
import { makeFiles } from '../testing/make-folder.js';
import { runHoldout } from '../testing/run-holdout.js';

const bundle = 'the bytes of an archive';
const table = {
  studies: 4,
  counts: null,
  kappa: { value: 0.5 },
  accuracy: { value: 0.75 },
  balancedAccuracy: { value: 0.75 },
  sensitivity: { value: 1 },
  specificity: { value: 0.5 },
  f1: { value: 0.8 },
  auroc: { value: null, reason: 'one class' },
};
const receipt: Receipt = {
  format: 'holdout-receipt-1',
  submissionId: '7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11',
  competition: 'mura',
  phase: 'test',
  team: 'Team',
  name: 'A model\u001b[31m',
  submittedAt: '2026-01-01T00:00:00.000Z',
  scoredAt: '2026-01-01T00:01:00.000Z',
  provenance: {
    bundleDigest: createHash('sha256').update(bundle).digest('hex'),
    testSetVersion: 'b'.repeat(64),
    predictionsDigest: 'c'.repeat(64),
    run: { engine: 'onnx', engineVersion: 'onnxruntime-node 1', engineDigest: null, device: 'cpu', threads: 2 },
    scorerVersion: 'scorer-1',
  },
  score: { studies: 4, overall: table, byStudyType: { wrist: table } },
};
const key = makeKeyPair();
const signed = signReceipt(receipt, key);
const laidOut = JSON.stringify(signed, null, 2);
const issued = { algorithm: 'Ed25519', publicKey: key.publicKey, keyId: key.keyId };

/** Runs `holdout verify` beside these files; HOLDOUT_SERVER names a port where nothing listens. */
async function verify(text: string, ...more: string[]) {
  const cwd = await makeFiles({
    'a.receipt.json': text,
    'key.json': JSON.stringify(issued),
    'other.json': JSON.stringify({ ...issued, publicKey: makeKeyPair().publicKey }),
    'bundle.zip': bundle,
    'other.zip': `${bundle}!`,
  });
  const environment = { HOLDOUT_SERVER: 'http://127.0.0.1:1' };
  return await runHoldout(['verify', 'a.receipt.json', ...more], { cwd, environment });
}

describe('a true receipt', () => {
  it('is shown with what it binds, and without --key it is said that the issuer is not proved', async () => {
    const { exitCode, stdout, stderr } = await verify(laidOut);
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const part of [
      receipt.submissionId,
      receipt.provenance.bundleDigest ?? '',
      receipt.provenance.testSetVersion,
      'scorer-1',
      'onnxruntime-node 1',
      key.keyId,
      '0.500',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toMatch(/Without --key this proves that nothing was changed, not who signed it.*installation\/key/);
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    ['the server’s answer', 'key.json'],
    ['base64', key.publicKey],
  ])('is proved to be of a server by its key: %s', async (_form, given) => {
    const { exitCode, stdout } = await verify(laidOut, '--key', given, '--bundle', 'bundle.zip');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('signed by the key that you named');
    expect(stdout).toContain('of this bundle: bundle.zip');
    expect(stdout).not.toContain('Without --key');
  });

  it('is told to programs as JSON', async () => {
    const { exitCode, stdout } = await verify(JSON.stringify(signed), '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      issuerProved: false,
      bundleProved: false,
      keyId: key.keyId,
      receipt,
    });
  });
});

describe('a receipt that is not true', () => {
  const higher = laidOut.replace('"value": 0.5\n', '"value": 0.9\n');
  const cut = JSON.stringify({ ...signed, signature: signed.signature.slice(0, 44) });

  it.each([
    ['not JSON', laidOut.slice(0, 500), [], 'receipt_unreadable', /It is not JSON, or not the whole of it/],
    ['a field twice', laidOut.replace('{', '{"keyId": "",'), [], 'receipt_unreadable', /the field "keyId" twice/],
    ['too large', laidOut + ' '.repeat(2 ** 20), [], 'receipt_unreadable', /It is too large/],
    ['not a receipt', '{}', [], 'receipt_unreadable', /not a receipt of a Holdout server/],
    ['changed', higher, [], 'receipt_changed', /was changed after it was signed/],
    [
      'changed, with the right key',
      higher,
      ['--key', 'key.json'],
      'receipt_changed',
      /was changed after it was signed/,
    ],
    ['of another server', laidOut, ['--key', 'other.json'], 'receipt_wrong_key', /another key than the expected one/],
    ['without its whole signature', cut, [], 'receipt_unreadable', /signature is not whole: it has 33 bytes of 64/],
    ['of another bundle', laidOut, ['--bundle', 'other.zip'], 'receipt_wrong_bundle', /is not of this bundle/],
  ])('is refused: %s', async (_what, text, more, code, sentence) => {
    const { exitCode, stdout, stderr } = await verify(text, ...more);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    const asJson = await verify(text, ...more, '--json');
    expect(asJson.exitCode).toBe(1);
    expect(JSON.parse(asJson.stdout).error.code).toBe(code);
  });

  it('says so where a file is missing, or holds no key', async () => {
    const missing = await verify(laidOut, '--key', 'nothing.json');
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('nothing.json can’t be used')]);
    const noKey = await verify(laidOut, '--key', 'bundle.zip');
    expect([noKey.exitCode, noKey.stderr]).toEqual([2, expect.stringContaining('holds no Ed25519 public key')]);
  });
});
