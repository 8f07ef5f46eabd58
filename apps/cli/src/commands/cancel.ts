import { submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { chooseServer } from '../config.js';
import { requestJson } from '../server/request.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout cancel`: ends a submission that has not ended. */
export function addCancelCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('cancel')
    .summary('cancel a submission that has not ended')
    .description('Cancels a submission that has not ended. What has ended stays as it is: exit code 1.')
    .argument('<id>', 'the submission’s id')
    .addHelpText('after', '\nExample:\n  holdout cancel 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c');
  addServerOptions(command).action(async (id: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const path = `/api/submissions/${encodeURIComponent(id)}/cancel`;
    const config = chooseServer(options, environment);
    const submission = await requestJson(config, { path, schema: submissionSchema, signal, method: 'POST' });
    output.result(submission);
    output.say(`“${printable(submission.name)}” is ${submission.state}.`);
  });
}
