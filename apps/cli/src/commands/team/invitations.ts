import {
  HoldoutError,
  invitationListSchema,
  type invitationListSchema as invitations,
  teamSchema,
} from '@holdout/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer, type ServerConfig } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addServerOptions, type ServerCommandOptions } from '../server-options.js';
import { addTeamOptions, findTeam, type TeamOptions } from './team-options.js';

type Invitation = z.infer<typeof invitations>['invitations'][number];

/** `holdout team invite`, `invitations`, `accept`, `decline`. */
export function addInvitationCommands(group: Command, context: CommandContext): void {
  addInviteCommand(group, context);
  addListCommand(group, context);
  addAnswerCommands(group, context);
}

function addInviteCommand(group: Command, { environment, signal }: CommandContext): void {
  const invite = group
    .command('invite')
    .summary('invite somebody by e-mail')
    .description('Sends an invitation by e-mail. Who has an account also finds it by holdout team invitations.')
    .argument('<e-mail>', 'their address')
    .addHelpText('after', '\nExample:\n  holdout team invite grace@example.org --team "The Radiologists"');
  addTeamOptions(invite).action(async (email: string, options: TeamOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { path } = await findTeam(config, options, signal);
    const request = {
      path: `${path}/invitations`,
      schema: teamSchema,
      signal,
      method: 'POST' as const,
      body: { email },
    };
    const team = await requestJson(config, request);
    output.result(team);
    output.say(`${printable(email)} is invited to “${printable(team.name)}”.`);
  });
}

function addListCommand(group: Command, { environment, signal }: CommandContext): void {
  const list = group
    .command('invitations')
    .summary('list the invitations that you have')
    .description('Lists the invitations to you that are open.')
    .addHelpText('after', '\nExample:\n  holdout team invitations');
  addServerOptions(list).action(async (options: ServerCommandOptions) => {
    const output = createOutput(options.json, environment);
    const open = await listInvitations(chooseServer(options, environment), signal);
    output.result({ invitations: open });
    for (const { team, invitedBy, expiresAt, id } of open) {
      output.say(`${printable(team.name)}, by ${printable(invitedBy)}, until ${expiresAt.slice(0, 10)} (${id})`);
    }
    if (open.length === 0) output.say('You have no open invitation.');
    else output.say('Answer one: holdout team accept TEAM   Or: holdout team decline TEAM');
  });
}

function addAnswerCommands(group: Command, { environment, signal }: CommandContext): void {
  const answers = [
    ['accept', 'join a team that has invited you', teamSchema, 'You are in “NAME” now.'],
    ['decline', 'decline an invitation', z.null(), 'The invitation to “NAME” is declined.'],
  ] as const;
  for (const [name, summary, schema, done] of answers) {
    const command = group
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .argument('<team>', 'the team’s name, or the invitation’s id')
      .addHelpText('after', `\nExample:\n  holdout team ${name} "The Radiologists"`);
    addServerOptions(command).action(async (team: string, options: ServerCommandOptions) => {
      const output = createOutput(options.json, environment);
      const config = chooseServer(options, environment);
      const invitation = chooseInvitation(await listInvitations(config, signal), team);
      const path = `/api/invitations/${encodeURIComponent(invitation.id)}/${name}`;
      const answer = await requestJson(config, { path, schema, signal, method: 'POST' });
      output.result(answer ?? { declined: invitation });
      output.say(done.replace('NAME', () => printable(invitation.team.name)));
    });
  }
}

async function listInvitations(config: ServerConfig, signal: AbortSignal): Promise<Invitation[]> {
  if (!config.token) throw new HoldoutError('token_missing');
  const request = { path: '/api/invitations', schema: invitationListSchema, signal };
  return (await requestJson(config, request)).invitations;
}

function chooseInvitation(open: readonly Invitation[], name: string): Invitation {
  const [found] = open.filter(({ id, team }) => id === name || team.name === name);
  if (found) return found;
  const names = open.map(({ team }) => team.name).join(', ') || 'none';
  throw usageError(`No open invitation is to “${name}”; there is: ${names}.`, 'See them: holdout team invitations');
}
