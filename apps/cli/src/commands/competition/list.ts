import { competitionListSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

const columns: readonly Column[] = ['competition', 'title', 'open now', 'other phases'].map((title) => ({
  title,
  side: 'left',
}));

/** `holdout competition list`. */
export function addListCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('list')
    .summary('list the competitions of a server')
    .description('Lists the competitions of a server, and which of their phases take submissions now.')
    .addHelpText('after', '\nExample:\n  holdout competition list --server https://holdout.example.org');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const request = { path: '/api/competitions', schema: competitionListSchema, signal };
    const list = await requestJson(chooseServer(options, environment), request);
    output.result(list);
    const rows = list.competitions.map(({ competition, title, phases }) => {
      const listPhases = (isOpen: boolean) =>
        phases.flatMap(({ phase, window }) => ((window === 'open') === isOpen ? [phase] : [])).join(', ') || '–';
      return [competition, title, listPhases(true), listPhases(false)];
    });
    if (rows.length === 0) output.say('There is no competition yet.');
    else for (const line of showTable(columns, rows)) output.say(line);
  });
}
