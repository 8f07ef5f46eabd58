import { type Me, mergedTeamSchema, teamSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { chooseTeam } from '../../account/choose-team.js';
import type { CommandContext } from '../../command-context.js';
import { usageError } from '../../command-error.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { confirm } from '../../terminal/confirm.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addTeamOptions, findTeam, readTeam, type TeamOptions } from './team-options.js';

/** `holdout team merge`, `accept-merge`: two teams become one, for good, where an owner of each agrees. */
export function addMergeCommands(group: Command, context: CommandContext): void {
  addMergeCommand(group, context);
  addAcceptCommand(group, context);
}

function addMergeCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('merge')
    .summary('make your team a part of another one, for good')
    .description(
      'Your team’s members and submissions go to the other, and what the two have used of their quotas is added up. Where\n' +
        'you do not own the other it is offered to its owners, who accept it. It can’t be taken back then.',
    )
    .requiredOption('--into <team>', 'the team that remains: one of yours, or the id of another, which its members see')
    .option('-y, --yes', 'do not ask; where there is no terminal, nothing is asked')
    .addHelpText('after', '\nExample:\n  holdout team merge --team "Night Shift" --into "The Radiologists"');
  addTeamOptions(command).action(async (options: TeamOptions & { into: string; yes?: boolean }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { team, path, me } = await findTeam(config, options, signal);
    const remaining = findRemaining(me, options.into);
    if (!options.yes && !options.json) {
      const question = `Merge “${printable(team.name)}” into “${printable(remaining.name)}”? It can’t be taken back.`;
      await confirm(question, signal);
    }
    const asked = { path: `${path}/merge`, schema: mergedTeamSchema, signal, method: 'POST' } as const;
    const answer = await requestJson(config, { ...asked, body: { into: remaining.id } });
    output.result(answer);
    const { name, members } = answer.team;
    if (answer.merged) output.say(`“${printable(name)}” has ${members.length} members now.`);
    else output.say(`It is offered to the owners of “${printable(remaining.name)}”, who have a mail about it.`);
  });
}

function addAcceptCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('accept-merge')
    .summary('take in a team that is offered to yours')
    .description(
      'What another team’s owner offered by `holdout team merge`. `holdout team members` lists what is offered.',
    )
    .argument('<team>', 'the team that is offered, by its name or id')
    .addHelpText('after', '\nExample:\n  holdout team accept-merge "Night Shift"');
  addTeamOptions(command).action(async (offered: string, options: TeamOptions) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { team, path } = await findTeam(config, options, signal);
    const { mergeOffers } = await readTeam(config, path, signal);
    const offers = mergeOffers.filter(({ into }) => into.id === team.id).map(({ from }) => from);
    const from = offers.find(({ id, name }) => id === offered || name === offered);
    if (!from) {
      const names = offers.map(({ name }) => name).join(', ') || 'none';
      throw usageError(`No team “${offered}” is offered; there is: ${names}.`, 'Name one of these.');
    }
    const asked = { schema: teamSchema, signal, method: 'POST' } as const;
    const taken = `${path}/merge-offers/${encodeURIComponent(from.id)}/accept`;
    const merged = await requestJson(config, { ...asked, path: taken });
    output.result(merged);
    output.say(`“${printable(merged.name)}” has ${merged.members.length} members now.`);
  });
}

/** One of the caller's own teams, or another one by its id. */
function findRemaining(me: Me, into: string): { readonly id: string; readonly name: string } {
  const isOwn = me.teams.some(({ id, name }) => id === into || name === into);
  return !isOwn && z.uuid().safeParse(into).success ? { id: into, name: into } : chooseTeam(me, into);
}
