import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addJoinCommand } from './join.js';
import { addKitCommand } from './kit.js';
import { addListCommand } from './list.js';
import { addShowCommand } from './show.js';

/** `holdout competition …`: what there is, and taking part. */
export function addCompetitionCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('competition')
    .summary('list and show competitions, get a starter kit, take part')
    .description('What competitions a server has, what each asks for, and how to take part.');
  addListCommand(group, context);
  addShowCommand(group, context);
  addKitCommand(group, context);
  addJoinCommand(group, context);
}
