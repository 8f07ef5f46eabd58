import {
  type Installation,
  installationSchema,
  outboxSchema,
  type QueueReport,
  queueListSchema,
  showSize,
} from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { CommandError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { showAge } from '../../terminal/show-age.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

/** `holdout admin queue`, `status`, `outbox`: what the page of operators shows. Workers are in `holdout worker`. */
export function addOperatorCommands(admin: Command, context: CommandContext): void {
  addQueueCommand(admin, context);
  addStatusCommand(admin, context);
  addOutboxCommand(admin, context);
}

function addQueueCommand(admin: Command, { environment, signal }: CommandContext): void {
  const command = admin
    .command('queue')
    .summary('show what waits for workers')
    .description(
      'Shows how many evaluations wait for a worker of each kind, since when, and what was begun and is held by nobody. For\n' +
        'site administrators.',
    )
    .addHelpText('after', '\nExamples:\n  holdout admin queue\n  holdout admin queue --json');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const request = { path: '/api/operator/queues', schema: queueListSchema, signal };
    const answer = await requestJson(chooseServer(options, environment), request);
    output.result(answer);
    const [head = '', ...lines] = showTable(
      queueColumns,
      answer.queues.map((queue) => [
        nameQueue(queue),
        String(queue.waiting),
        queue.oldestSince === null ? '–' : showAge(queue.oldestSince),
        String(queue.underWay),
        String(queue.retried),
        String(queue.mostAttempts),
        String(queue.stuck.length),
      ]),
    );
    output.title(head);
    for (const line of lines) output.say(line);
    const stuck = answer.queues.flatMap((queue) => queue.stuck);
    if (stuck.length > 0) output.title('\nHeld by nobody; a worker takes them over, so look whether one is alive:');
    const rows = stuck.map(({ name, competition, state, attempts, since, submissionId }) => [
      ...[submissionId, competition, name, state, String(attempts), showAge(since)],
    ]);
    if (stuck.length > 0) for (const line of showTable(stuckColumns, rows)) output.say(line);
  });
}

/** As the page of operators names it. */
function nameQueue({ kind, hardware }: QueueReport): string {
  const name = kind === 'evaluating' ? 'evaluations' : 'scorings';
  return hardware === null ? name : `${name} (${hardware})`;
}

const queueColumns: readonly Column[] = [
  { title: 'queue', side: 'left' },
  ...['waiting', 'oldest', 'under way', 'retried', 'most attempts', 'stuck'].map((title) => ({
    title,
    side: 'right' as const,
  })),
];
const stuckColumns: readonly Column[] = ['submission', 'competition', 'name', 'state', 'attempts', 'since'].map(
  (title) => ({ title, side: 'left' }),
);

function addStatusCommand(admin: Command, { environment, signal }: CommandContext): void {
  const command = admin
    .command('status')
    .summary('show versions, and the room that data takes')
    .description('Shows which versions run, and the room that data takes. For site administrators.')
    .addHelpText('after', '\nExamples:\n  holdout admin status\n  holdout admin status --json');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const request = { path: '/api/operator/installation', schema: installationSchema, signal };
    const installation = await requestJson(chooseServer(options, environment), request);
    output.result(installation);
    for (const line of showTable([{ title: 'what', side: 'left' }, ...values], listFacts(installation))) {
      output.say(line);
    }
  });
}

const values: readonly Column[] = [{ title: 'now', side: 'left' }];

function listFacts({ versions, storage: { bundles, images, databaseBytes, disk } }: Installation): string[][] {
  const files = (each: typeof bundles) => `${each.files} files, ${showSize(each.sizeBytes)}`;
  return [
    ['Holdout', versions.holdout],
    ['Node', versions.node],
    ['Postgres', versions.postgres],
    ['engines', versions.engines.join(', ') || 'none: no worker is alive'],
    ['bundles', files(bundles)],
    ['hidden images', files(images)],
    ['database', showSize(databaseBytes)],
    ...(disk ? [['disk', `${showSize(disk.freeBytes)} free of ${showSize(disk.sizeBytes)}`]] : []),
  ];
}

function addOutboxCommand(admin: Command, { environment, signal }: CommandContext): void {
  const command = admin
    .command('outbox')
    .summary('read the mails of a server without a mail server')
    .description('Shows the mails that no mail server takes, the latest first. For site administrators.')
    .addHelpText('after', '\nExamples:\n  holdout admin outbox\n  holdout admin outbox --json');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const request = { path: '/api/outbox', schema: outboxSchema, signal };
    const { mails } = await requestJson(chooseServer(options, environment), request).catch(explainNoOutbox);
    output.result({ mails });
    if (mails.length === 0) output.say('No mail waits here.');
    for (const { at, to, subject, text } of mails) {
      output.title(`${printable(subject)}   to ${printable(to)}, ${showAge(at)}`);
      for (const line of text.split('\n')) output.say(`  ${printable(line)}`);
    }
  });
}

/** Elsewhere the same code means that the server is of another version. */
function explainNoOutbox(error: unknown): never {
  if (!(error instanceof CommandError) || error.problem.code !== 'route_not_found') throw error;
  throw new CommandError({
    code: 'usage',
    title: 'No mail waits on this server: a mail server sends them.',
    next: 'Look into the mailbox of who should have got it, or the log of the mail server.',
    cause: error,
  });
}
