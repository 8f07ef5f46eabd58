import { teamSchema } from '@holdout/contracts';
import type { Command } from 'commander';
import { chooseTeam } from '../../account/choose-team.js';
import type { CommandContext } from '../../command-context.js';
import { chooseServer } from '../../config.js';
import { requestJson } from '../../server/request.js';
import { confirm } from '../../terminal/confirm.js';
import { createOutput } from '../../terminal/output.js';
import { printable } from '../../terminal/printable.js';
import { addTeamOptions, findTeam, type TeamOptions } from './team-options.js';

/** `holdout team merge`: two teams become one, for good. */
export function addMergeCommand(group: Command, { environment, signal }: CommandContext): void {
  const command = group
    .command('merge')
    .summary('make two of your teams one, for good')
    .description(
      'One team’s members and submissions go to the other, and what the two have used of their quotas is added up. You\n' +
        'have to own both. It can’t be taken back.',
    )
    .requiredOption('--into <name>', 'the team that remains')
    .option('-y, --yes', 'do not ask; where there is no terminal, nothing is asked')
    .addHelpText('after', '\nExample:\n  holdout team merge --team "Night Shift" --into "The Radiologists"');
  addTeamOptions(command).action(async (options: TeamOptions & { into: string; yes?: boolean }) => {
    const output = createOutput(options.json, environment);
    const config = chooseServer(options, environment);
    const { team, path, me } = await findTeam(config, options, signal);
    const remaining = chooseTeam(me, options.into);
    if (!options.yes && !options.json) {
      const question = `Merge “${printable(team.name)}” into “${printable(remaining.name)}”? It can’t be taken back.`;
      await confirm(question, signal);
    }
    const body = { into: remaining.id };
    const merged = await requestJson(config, {
      path: `${path}/merge`,
      schema: teamSchema,
      signal,
      method: 'POST',
      body,
    });
    output.result(merged);
    output.say(`“${printable(merged.name)}” has ${merged.members.length} members now.`);
  });
}
