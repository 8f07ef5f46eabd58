import { submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { describeSubmission, followSubmission } from '../follow-submission.js';
import { createOutput } from '../output.js';
import { requestJson } from '../server/request.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout status` and `holdout cancel`: one submission. */
export function addSubmissionCommands(program: Command): void {
  const status = program
    .command('status')
    .summary('show a submission')
    .argument('<id>', 'the submission’s id')
    .option('--follow', 'stay until it has ended; exit code 0 only when it is scored', false)
    .addHelpText('after', '\nExample:\n  holdout status 1f0c2c34-… --follow\n');
  addServerOptions(status).action(async (id: string, options: ServerCommandOptions & { follow: boolean }) => {
    const config = readConfig(options);
    const output = createOutput(options.json);
    if (options.follow) return await followSubmission(config, id, output);
    const submission = await requestJson(config, submissionSchema, `/api/submissions/${encodeURIComponent(id)}`);
    output.result(submission);
    for (const line of describeSubmission(submission)) output.say(line);
  });

  const cancel = program
    .command('cancel')
    .summary('cancel a submission that has not ended')
    .argument('<id>', 'the submission’s id');
  addServerOptions(cancel).action(async (id: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json);
    const path = `/api/submissions/${encodeURIComponent(id)}/cancel`;
    const submission = await requestJson(readConfig(options), submissionSchema, path, 'POST');
    output.result(submission);
    output.say(`“${submission.name}” is ${submission.state}.`);
  });
}
