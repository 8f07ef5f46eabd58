import type { Me } from '@holdout/contracts';
import type { Command } from 'commander';
import { readMe } from '../account/read-me.js';
import type { CommandContext } from '../command-context.js';
import { chooseServer } from '../config.js';
import { createOutput, type Output } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from './server-options.js';

/** `holdout whoami`: whom the server takes you for. */
export function addWhoamiCommand(program: Command, { environment, signal }: CommandContext): void {
  const command = program
    .command('whoami')
    .summary('say whom the server takes you for')
    .description('Says as whom you are logged in, in which teams you are, and where you take part.')
    .addHelpText('after', '\nExample:\n  holdout whoami');
  addServerOptions(command).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const me = await readMe(config, signal);
    output.result({ server: config.server, ...me });
    sayMe(me, config.server, output);
  });
}

function sayMe({ user, teams, competitions, organises, token }: Me, server: string, output: Output): void {
  const by = token ? `, by ${token.name ? `the token “${printable(token.name)}”` : 'a token'}` : '';
  if (user) output.title(`${printable(user.name)} <${printable(user.email)}> at ${server}${by}`);
  else output.title(`No person at ${server}${by}`);
  if (user && !user.emailVerified) output.say('Your e-mail address is not verified yet: follow the link in the mail.');
  for (const { name, role } of teams)
    output.say(`${role === 'owner' ? 'Owner' : 'Member'} of the team ${printable(name)}`);
  for (const { competition, team, rulesVersion } of competitions) {
    output.say(`Takes part in ${competition} with ${printable(team.name)}, by version ${rulesVersion} of its rules`);
  }
  if (user?.siteAdmin) output.say('Administers this server');
  for (const competition of organises) output.say(`Organises ${competition}`);
}
