import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { addCamCommand } from './cam.js';
import { addExportCommand } from './export.js';
import { addTrainCommand } from './train.js';

/** `holdout baseline …`: the network that teams begin with. */
export function addBaselineCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('baseline')
    .summary('train the baseline, a DenseNet, and export it')
    .description(
      'Trains the network of MURA’s paper, or a smaller one of its family, on your own copy of the images, and writes it\n' +
        'as a bundle.',
    );
  addTrainCommand(group, context);
  addExportCommand(group, context);
  addCamCommand(group, context);
}
