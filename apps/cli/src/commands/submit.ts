import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Submission } from '@holdout/contracts';
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.js';
import { followSubmission } from '../follow-submission.js';
import { isFolder, withCheckedBundle, withTemporaryFolder, writeArchive } from '../open-bundle.js';
import { createOutput } from '../output.js';
import { showBytes, startProgress } from '../progress.js';
import { uploadBundle } from '../server/upload-bundle.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

interface SubmitOptions extends ServerCommandOptions {
  competition: string;
  phase: string;
  wait: boolean;
}

/** `holdout submit`: check, send, and with --wait see it through to its score. */
export function addSubmitCommand(program: Command): void {
  const command = program
    .command('submit')
    .summary('send a bundle to a competition')
    .description('Checks a bundle here, sends it, and with --wait shows what becomes of it up to its score and rank.')
    .argument('<bundle>', 'a folder, a zip or a tar.gz')
    .requiredOption('--competition <name>', 'the competition, such as mura')
    .requiredOption('--phase <name>', 'the phase, such as practice')
    .option('--wait', 'wait until the submission has ended; exit code 0 only when it is scored', false)
    .addHelpText('after', '\nExample:\n  holdout submit my-model.zip --competition mura --phase practice --wait\n');
  addServerOptions(command).action(async (path: string, options: SubmitOptions) => {
    const output = createOutput(options.json);
    const config = readConfig(options);
    const submission = await send(config, path, options);
    output.say(`Submitted “${submission.name}” as ${submission.id}.`);
    if (!options.wait) {
      output.result(submission);
      output.say(`Follow it: holdout status ${submission.id} --follow`);
      return;
    }
    await followSubmission(config, submission.id, output);
  });
}

/** A folder is packed into a temporary archive; an archive is sent as it is. */
async function send(config: Config, path: string, { competition, phase }: SubmitOptions): Promise<Submission> {
  return await withTemporaryFolder(async (folder) => {
    const packed = join(folder, 'bundle.zip');
    const isToBePacked = await isFolder(path);
    await withCheckedBundle(path, async (bundle) => {
      if (isToBePacked) await writeArchive(bundle, packed, false);
    });
    const archive = isToBePacked ? packed : path;
    const progress = startProgress('Upload', (await stat(archive)).size, showBytes);
    try {
      return await uploadBundle(config, { competition, phase, archive, onProgress: progress.update });
    } finally {
      progress.stop();
    }
  });
}
