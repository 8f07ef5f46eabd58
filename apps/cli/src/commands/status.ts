import { submissionListSchema, submissionSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { usageError } from '../command-error.js';
import { chooseServer, type ServerConfig } from '../config.js';
import { requestJson } from '../server/request.js';
import { saySubmission } from '../submission/describe-submission.js';
import { followSubmission } from '../submission/follow-submission.js';
import { sayQueuePlace } from '../submission/say-queue-place.js';
import { createOutput, type Output } from '../terminal/output.js';
import { showMetric } from '../terminal/show-score.js';
import { type Column, showTable } from '../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout status`: one submission, or the list of the team's. */
export function addStatusCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('status')
    .summary('show a submission, or list your team’s')
    .description('Shows a submission: its state, how far it is, why it ended, or its score.')
    .argument('[id]', 'the submission’s id; without it, your team’s latest submissions are listed')
    .option('--follow', 'stay until it has ended; exit code 0 only where it is scored', false)
    .addHelpText(
      'after',
      '\nExamples:\n  holdout status\n  holdout status 1f0c2c34-6d1e-4a0e-9f55-0c8e0e5a1b2c --follow',
    );
  addServerOptions(command).action(
    async (id: string | undefined, options: ServerCommandOptions & { follow: boolean }) => {
      const config = chooseServer(options, environment);
      const output = createOutput(options.json, environment);
      if (id === undefined) {
        if (options.follow) throw usageError('--follow needs a submission.', 'Add its id; holdout status lists them.');
        return await listSubmissions(config, output, signal);
      }
      // Asked first when following too: only a server that was there is worth waiting for.
      const path = `/api/submissions/${encodeURIComponent(id)}`;
      const submission = await requestJson(config, { path, schema: submissionSchema, signal });
      if (options.follow) {
        const ended = await followSubmission(config, id, output, signal);
        if (ended.state !== 'scored') process.exitCode = 1;
        return;
      }
      output.result(submission);
      saySubmission(submission, output);
      if (submission.state === 'queued' && !output.json) await sayQueuePlace(config, id, output, signal);
    },
  );
}

const listColumns: readonly Column[] = [
  { title: 'submitted', side: 'left' },
  { title: 'phase', side: 'left' },
  { title: 'model', side: 'left' },
  { title: 'state', side: 'left' },
  { title: 'kappa', side: 'right' },
  { title: 'id', side: 'left' },
];

async function listSubmissions(config: ServerConfig, output: Output, signal: AbortSignal): Promise<void> {
  const request = { path: '/api/submissions', schema: submissionListSchema, signal };
  const list = await requestJson(config, request);
  output.result(list);
  const rows = list.submissions.map(({ submittedAt, competition, phase, name, state, score, id }) => [
    submittedAt.slice(0, 16).replace('T', ' '),
    `${competition}/${phase}`,
    name,
    state,
    showMetric(score?.overall.kappa),
    id,
  ]);
  const [head = '', ...lines] = showTable(listColumns, rows);
  if (rows.length === 0) output.say('No submission yet. Make the first: holdout submit BUNDLE --wait');
  else output.title(head);
  for (const line of lines) output.say(line);
}
