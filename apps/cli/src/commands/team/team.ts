import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addInvitationCommands } from './invitations.js';
import { addMemberCommands } from './members.js';
import { addMergeCommands } from './merge.js';
import { addTeamCommands } from './teams.js';

/** `holdout team …`: whom a person submits with. */
export function addTeamCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('team')
    .summary('make a team, invite people, leave, merge')
    .description('A team owns submissions. A person can be in several, and takes part in a competition with one.');
  addTeamCommands(group, context);
  addInvitationCommands(group, context);
  addMemberCommands(group, context);
  addMergeCommands(group, context);
}
