import { submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface ActOptions extends ServerCommandOptions {
  reason?: string;
}

const exampleId = '1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c';

/** `holdout admin submission …`: whether a submission counts on its board. */
export function addSubmissionCommands(admin: Command, { environment, signal }: CommandContext): void {
  const group = admin
    .command('submission')
    .summary('take a submission out of its board, or let it count again')
    .description('Whether a submission counts on its board. Nothing of it is lost, and its team can read the reason.');

  const add = (name: 'withdraw' | 'disqualify' | 'restore', summary: string) => {
    const reasonExample = name === 'disqualify' ? ' --reason "It was trained on the hidden studies."' : '';
    const command = group
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .argument('<id>', 'its id')
      .addHelpText('after', `\nExample:\n  holdout admin submission ${name} ${exampleId}${reasonExample}`);
    if (name === 'disqualify') command.requiredOption('--reason <text>', 'why; its team reads this');
    addServerOptions(command).action(async (id: string, { reason, ...options }: ActOptions) => {
      const output = createOutput(options.json, environment);
      const path = `/api/submissions/${encodeURIComponent(id)}/${name}`;
      const request = { path, schema: submissionSchema, signal, method: 'POST' as const };
      const config = chooseServer(options, environment);
      const submission = await requestJson(config, reason === undefined ? request : { ...request, body: { reason } });
      output.result(submission);
      output.say(`“${printable(submission.name)}” of ${printable(submission.team)} is ${submission.standing} now.`);
    });
  };
  add('withdraw', 'take a submission out of its board; its team’s next best takes its place');
  add('disqualify', 'take a submission out of its board, for a reason');
  add('restore', 'let a submission count again');
}
