import type { Team } from '@holdout/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { type Column, showTable } from '../../terminal/show-table.js';
import { addTeamOptions, findTeam, personOf, readTeam, type TeamOptions } from './team-options.js';

/** `holdout team members`, `leave`. */
export function addMemberCommands(group: Command, { environment, signal }: CommandContext): void {
  const members = group
    .command('members')
    .summary('list who is in a team, and who is invited')
    .description('Lists who is in a team, who is invited, and in which competitions it takes part.')
    .addHelpText(
      'after',
      '\nExamples:\n  holdout team members\n  holdout team members --team "The Radiologists" --json',
    );
  addTeamOptions(members).action(async (options: TeamOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const team = await readTeam(config, (await findTeam(config, options, signal)).path, signal);
    output.result(team);
    sayTeam(team, output);
  });

  const leave = group
    .command('leave')
    .summary('leave a team')
    .description('You are not in the team any more; what was submitted stays the team’s. Its last owner can’t leave.')
    .addHelpText('after', '\nExample:\n  holdout team leave --team "The Radiologists"');
  addTeamOptions(leave).action(async (options: TeamOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { team, path, me } = await findTeam(config, options, signal);
    const member = `${path}/members/${encodeURIComponent(personOf(me).id)}`;
    await requestJson(config, { path: member, schema: z.null(), signal, method: 'DELETE' });
    output.result({ left: { id: team.id, name: team.name } });
    output.say(`You have left “${printable(team.name)}”.`);
  });
}

const columns: readonly Column[] = ['name', 'e-mail', 'role', 'since'].map((title) => ({ title, side: 'left' }));

function sayTeam({ id, name, members, invitations, competitions, mergeOffers }: Team, output: Output): void {
  const parts = competitions.map(({ competition }) => competition).join(', ');
  output.title(`${printable(name)}${parts ? `, in ${parts}` : ', in no competition yet'}`);
  const rows = [
    ...members.map((member) => [member.name, member.email, member.role, member.joinedAt.slice(0, 10)]),
    ...invitations.map(({ email, expiresAt }) => ['–', email, 'invited', `until ${expiresAt.slice(0, 10)}`]),
  ];
  for (const line of showTable(columns, rows)) output.say(line);
  for (const { from, into } of mergeOffers) {
    const words =
      into.id === id ? `${printable(from.name)} is offered to this team` : `offered to ${printable(into.name)}`;
    output.say(`Merge: ${words}`);
  }
  output.say(`Its id, for others who would merge into it: ${id}`);
}
