import { Command, CommanderError } from 'commander';
import { addCheckCommand } from './commands/check.js';
import { addLeaderboardCommand } from './commands/leaderboard.js';
import { addPackCommand } from './commands/pack.js';
import { addScoreCommand } from './commands/score.js';
import { addSubmissionCommands } from './commands/status.js';
import { addSubmitCommand } from './commands/submit.js';
import { reportError } from './output.js';

const usageExitCode = 2;

const program = new Command('holdout')
  .description('Check, pack, submit and score models for competitions on data that nobody sees.')
  .version('0.1.0')
  .showHelpAfterError('(holdout --help shows the commands; holdout COMMAND --help explains one)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  holdout check my-model/                                             is it valid, and does it run?
  holdout submit my-model/ --competition mura --phase practice --wait  send it and see its score
  holdout leaderboard                                                 who stands where

Exit code: 0 for success only, 1 where something went wrong, 2 where the command line is wrong.`,
  );
for (const add of [
  addCheckCommand,
  addPackCommand,
  addSubmitCommand,
  addSubmissionCommands,
  addLeaderboardCommand,
  addScoreCommand,
]) {
  add(program);
}
// Commands inherit neither of these from the program they are added to.
for (const command of program.commands)
  command.exitOverride().showHelpAfterError(`(holdout ${command.name()} --help explains it)`);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : usageExitCode;
  else {
    reportError(error, process.argv.includes('--json'));
    process.exitCode = 1;
  }
}
