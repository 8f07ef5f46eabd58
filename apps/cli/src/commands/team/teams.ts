import { teamSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { readMe } from '../../account/read-me.js';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';

/** `holdout team create`, `list`. */
export function addTeamCommands(group: Command, { environment, signal }: CommandContext): void {
  const create = group
    .command('create')
    .summary('make a team, with you as its owner')
    .description('Makes a team, with you as its owner.')
    .argument('<name>', 'what it is called on boards')
    .addHelpText('after', '\nExample:\n  holdout team create "The Radiologists"');
  addServerOptions(create).action(async (name: string, options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const request = { path: '/api/teams', schema: teamSchema, signal, method: 'POST' as const, body: { name } };
    const team = await requestJson(chooseServer(options, environment), request);
    output.result(team);
    output.say(`The team “${printable(team.name)}” is there now.`);
    output.say('Take part with it: holdout competition join COMPETITION   Invite others: holdout team invite E-MAIL');
  });

  const list = group
    .command('list')
    .summary('list your teams')
    .description('Lists the teams that you are in, and what you are there.')
    .addHelpText('after', '\nExample:\n  holdout team list');
  addServerOptions(list).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const { teams } = await readMe(chooseServer(options, environment), signal);
    output.result({ teams });
    for (const { name, role } of teams) output.say(`${printable(name)} (${role})`);
    if (teams.length === 0) output.say('You are in no team. Make one: holdout team create NAME');
  });
}
