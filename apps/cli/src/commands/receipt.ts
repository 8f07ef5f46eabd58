import { writeFile } from 'node:fs/promises';
import { verifyReceipt } from '@holdout/receipts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { chooseServer } from '../config.js';
import { requestJson } from '../server/request.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface ReceiptOptions extends ServerCommandOptions {
  output?: string;
  force: boolean;
}

/** Whatever else is in it is written too: the signature is of all of it. */
const downloadSchema = z.looseObject({ receipt: z.looseObject({ name: z.string() }), keyId: z.string() });

/** `holdout receipt`: what the server vouches for, as a file that anybody can check. */
export function addReceiptCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('receipt')
    .summary('download the signed receipt of a score')
    .description(
      'Downloads what the server vouches for: bundle, version of the test set, scorer and score, signed. Anybody can\n' +
        'check it with holdout verify, without the server.',
    )
    .argument('<id>', 'the submission’s id')
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'overwrite the file if it exists', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout receipt 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c -o first.receipt.json\n' +
        '  holdout verify first.receipt.json --key server-key.json --bundle my-model.zip',
    );
  addServerOptions(command).action(async (id: string, { output: file, force, ...options }: ReceiptOptions) => {
    const path = `/api/submissions/${encodeURIComponent(id)}/receipt`;
    const signed = await requestJson(chooseServer(options, environment), { path, schema: downloadSchema, signal });
    const text = `${JSON.stringify(signed, null, 2)}\n`;
    verifyReceipt(text);
    if (file === undefined) {
      process.stdout.write(text);
      return;
    }
    await writeReceipt(file, text, force);
    const output = createOutput(options.json, environment);
    output.result({ file, keyId: signed.keyId });
    output.say(`${file}: the receipt of “${printable(signed.receipt.name)}”, signed by the key ${signed.keyId}.`);
    output.say(`Check it: holdout verify ${file}`);
  });
}

async function writeReceipt(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new CommandError({
      code: 'file_unusable',
      title: `${file} exists already.`,
      next: 'Choose another name with -o FILE, or overwrite it with --force.',
    });
  }
}
