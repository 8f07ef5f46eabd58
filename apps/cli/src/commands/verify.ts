import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  demandBundle,
  type PublicKey,
  readPublicKey,
  receiptSizeLimitBytes,
  type VerifiedReceipt,
  verifyReceipt,
} from '@holdout/receipts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { usageError } from '../command-error.js';
import { createOutput, type Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { sayScore } from '../terminal/show-score.js';

interface VerifyOptions {
  key?: string;
  bundle?: string;
  json: boolean;
}

/** `holdout verify`: whether a receipt is true, without the server. */
export function addVerifyCommand(program: Command, { environment }: CommandContext): void {
  program
    .command('verify')
    .summary('check a receipt, offline')
    .description(
      'Checks that a receipt stands as it was signed. It asks no server. Only with --key does it also prove who signed:\n' +
        'get the server’s key from its people, or from /api/installation/key of the server.',
    )
    .argument('<receipt>', 'the file that holdout receipt wrote')
    .option('--key <key>', 'demand this key: base64, or a file with base64, PEM, or what /api/installation/key answers')
    .option('--bundle <file>', 'demand that the receipt is of this archive')
    .option('--json', 'print JSON; errors too, with an exit code that is not 0', false)
    .addHelpText(
      'after',
      `
Exit code 0 only where all that was demanded holds.

Examples:
  holdout verify first.receipt.json
  holdout verify first.receipt.json --key server-key.json --bundle my-model.zip`,
    )
    .action(async (path: string, options: VerifyOptions) => {
      const expected = options.key === undefined ? undefined : await readKey(options.key);
      const verified = verifyReceipt(await readReceiptFile(path), expected);
      if (options.bundle !== undefined) demandBundle(verified.receipt, await digestFile(options.bundle));
      const output = createOutput(options.json, environment);
      const issuerProved = expected !== undefined;
      output.result({
        valid: true,
        issuerProved,
        bundleProved: options.bundle !== undefined,
        keyId: verified.key.keyId,
        receipt: verified.receipt,
      });
      sayVerified(verified, { issuerProved, bundle: options.bundle }, output);
    });
}

/** No more of it than is needed to see that it is too large. */
async function readReceiptFile(path: string): Promise<Buffer> {
  return Buffer.concat(await createReadStream(path, { end: receiptSizeLimitBytes }).toArray());
}

/**
 * The key itself, or a file that holds it: a path is seldom 44 letters of base64, and a key never a file.
 *
 * @throws CommandError `usage`; the file system's error where there is no such file
 */
async function readKey(given: string): Promise<PublicKey> {
  const key = readPublicKey(given) ?? readPublicKey(await readFile(given, 'utf8'));
  if (key) return key;
  throw usageError(
    `${given} holds no Ed25519 public key.`,
    'Name a file with what /api/installation/key answers, a PEM file, or the key in base64 for --key.',
  );
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function sayVerified(
  { receipt, key }: VerifiedReceipt,
  { issuerProved, bundle }: { issuerProved: boolean; bundle: string | undefined },
  output: Output,
): void {
  const { provenance, score } = receipt;
  const { run } = provenance;
  output.title('The receipt stands as it was signed.');
  const rows: readonly (readonly [string, string])[] = [
    ['team', receipt.team],
    ['model', receipt.name],
    ['submission', `${receipt.submissionId} in ${receipt.competition}/${receipt.phase}`],
    ['submitted', receipt.submittedAt],
    ['scored', receipt.scoredAt],
    ['bundle', provenance.bundleDigest ?? 'none: imported predictions'],
    ['test set', provenance.testSetVersion],
    ['predictions', provenance.predictionsDigest],
    ['engine', run ? `${run.engineVersion ?? run.engine}, ${run.engineDigest ?? 'digest unknown'}` : 'unknown'],
    ['ran on', run ? `${run.device ?? 'unknown'}, ${run.threads ?? 'unknown'} threads` : 'unknown'],
    ['scorer', provenance.scorerVersion],
    ['signed by', key.keyId],
  ];
  for (const [name, value] of rows) output.say(`  ${name.padEnd(11)}  ${printable(value)}`);
  output.say('');
  sayScore(score, output);
  output.say('');
  if (bundle !== undefined) output.say(`It is of this bundle: ${bundle}`);
  output.say(
    issuerProved
      ? 'It was signed by the key that you named.'
      : 'Without --key this proves that nothing was changed, not who signed it: compare the key above with the keyId ' +
          'that the server answers at /api/installation/key.',
  );
}
