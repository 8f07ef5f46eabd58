import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addDoctorCommand } from './doctor.js';
import { addWorkerListCommand } from './list.js';
import { addModeCommands } from './modes.js';

/** `holdout worker …`: for those who run workers. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('worker')
    .summary('look at workers, pause and drain them')
    .description(
      'For those who run workers. `doctor` is about this machine; the others ask a server, with the token of a site\n' +
        'administrator.',
    );
  addDoctorCommand(group, context);
  addWorkerListCommand(group, context);
  addModeCommands(group, context);
}
