import { auditLogSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { chooseCompetition } from '../../server/choose-phase.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { showChanges } from '../../terminal/show-changes.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

interface AuditOptions extends ServerCommandOptions {
  competition?: string;
  before?: string;
}

const columns: readonly Column[] = [
  { title: 'at', side: 'left' },
  { title: 'who', side: 'left' },
  { title: 'what', side: 'left' },
  { title: 'to what', side: 'left' },
  { title: 'changed', side: 'left' },
];

/** `holdout admin audit`: what organisers did. */
export function addAuditCommand(admin: Command, { environment, signal }: CommandContext): void {
  const command = admin
    .command('audit')
    .summary('show what organisers did')
    .description(
      'Shows what organisers did in a competition, the latest first; with what each changed; --json\n' +
        'has all that stood there before and after.',
    )
    .option('--competition <name>', 'the competition; may be left out where the server has only one')
    .option('--before <id>', 'the page before: the number that the last page ended with')
    .addHelpText('after', '\nExamples:\n  holdout admin audit\n  holdout admin audit --competition mura --json');
  addServerOptions(command).action(async ({ before, ...options }: AuditOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { competition } = await chooseCompetition(config, options.competition, signal);
    const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`;
    const path = `/api/competitions/${encodeURIComponent(competition)}/audit${query}`;
    const log = await requestJson(config, { path, schema: auditLogSchema, signal });
    output.result(log);
    const rows = log.acts.map(({ at, actor, action, subject, before: stood, after }) => [
      at.slice(0, 19).replace('T', ' '),
      actor,
      action,
      subject,
      showChanges(stood, after),
    ]);
    const [head = '', ...lines] = showTable(columns, rows);
    output.title(rows.length === 0 ? 'No organiser has done anything yet.' : head);
    for (const line of lines) output.say(line);
    if (log.next !== null) output.say(`There is more: holdout admin audit --before ${log.next}`);
  });
}
