import { submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { chooseServer } from '../config.js';
import { requestJson } from '../server/request.js';
import { createOutput } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout choose`: which submissions count, where a phase lets the team choose. */
export function addChooseCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('choose')
    .summary('choose a submission to count, where the phase lets a team choose')
    .description(
      'Chooses a submission to count. The best of those that a team chose is its entry; while it chose none, the best\n' +
        'of all.',
    )
    .argument('<id>', 'the submission’s id')
    .option('--take-back', 'take the choice back')
    .addHelpText('after', '\nExample:\n  holdout choose 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c');
  addServerOptions(command).action(async (id: string, options: ServerCommandOptions & { takeBack?: boolean }) => {
    const output = createOutput(options.json, environment);
    const path = `/api/submissions/${encodeURIComponent(id)}/choose`;
    const body = { chosen: !options.takeBack };
    const config = chooseServer(options, environment);
    const submission = await requestJson(config, { path, schema: submissionSchema, signal, method: 'POST', body });
    output.result(submission);
    output.say(`“${printable(submission.name)}” is ${submission.chosen ? 'chosen' : 'not chosen'}.`);
  });
}
