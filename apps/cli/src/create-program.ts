import { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addAdminCommand } from './commands/admin/admin.js';
import { addBaselineCommand } from './commands/baseline/baseline.js';
import { addCancelCommand } from './commands/cancel.js';
import { addCheckCommand } from './commands/check.js';
import { addChooseCommand } from './commands/choose.js';
import { addCompetitionCommand } from './commands/competition/competition.js';
import { addCompletionCommand } from './commands/completion.js';
import { addLeaderboardCommand } from './commands/leaderboard.js';
import { addLoginCommand } from './commands/login.js';
import { addLogoutCommand } from './commands/logout.js';
import { addLogsCommand } from './commands/logs.js';
import { addPackCommand } from './commands/pack.js';
import { addReceiptCommand } from './commands/receipt.js';
import { addScoreCommand } from './commands/score.js';
import { addStatusCommand } from './commands/status.js';
import { addSubmitCommand } from './commands/submit.js';
import { addTeamCommand } from './commands/team/team.js';
import { addTokenCommand } from './commands/token.js';
import { addVerifyCommand } from './commands/verify.js';
import { addWhoamiCommand } from './commands/whoami.js';
import { addWorkerCommand } from './commands/worker/worker.js';
import { readExamples } from './reference/read-notes.js';

/** The commands in the order in which a team meets them. */
const addCommands = [
  addLoginCommand,
  addLogoutCommand,
  addWhoamiCommand,
  addTeamCommand,
  addCompetitionCommand,
  addCheckCommand,
  addPackCommand,
  addSubmitCommand,
  addStatusCommand,
  addLogsCommand,
  addCancelCommand,
  addChooseCommand,
  addLeaderboardCommand,
  addScoreCommand,
  addReceiptCommand,
  addVerifyCommand,
  addTokenCommand,
  addAdminCommand,
  addBaselineCommand,
  addWorkerCommand,
  addCompletionCommand,
];

/**
 * The whole of `holdout`. A command line that can't be obeyed is thrown as commander's error, after it has been said.
 *
 * @param quiet - leaves the saying to the caller, who was asked for JSON
 */
export function createProgram(context: CommandContext, { quiet }: { quiet: boolean }): Command {
  const program = new Command('holdout')
    .description('Check, pack, submit and score models for competitions on data that nobody sees.')
    .version('0.1.0')
    .addHelpText(
      'after',
      `
Examples:
  holdout login                                                        # who you are, once for each machine
  holdout competition join mura --new-team "The Radiologists"          # take part
  holdout check my-model/                                              # is it valid, and does it run?
  holdout submit my-model/ --competition mura --phase practice --wait  # send it and see its score
  holdout leaderboard                                                  # who stands where

Environment:
  HOLDOUT_SERVER  the server, where --server does not say it
  HOLDOUT_TOKEN   the token, where --token does not say it; without both, what login got from that server
  NO_COLOR        if set, nothing is bold

Output: results on standard output, progress and errors on standard error. With --json standard output holds one
JSON value and nothing else; an error is { "error": { "code", "title", "next", "problems"? … } }.

Exit code: 0 for success only, 1 where something went wrong, 2 where the command line is wrong, 130 after Ctrl-C.`,
    );
  for (const add of addCommands) add(program, context);
  for (const group of program.commands) showExamples(group);
  prepareForErrors(program, 'holdout', quiet);
  return program;
}

/** A group of commands shows an example of each of them. */
function showExamples(group: Command): void {
  if (group.commands.length === 0) return;
  for (const inner of group.commands) showExamples(inner);
  const examples = group.commands.flatMap((inner) => {
    const own = readExamples(inner).find((line) => line.split(' ').includes(inner.name()));
    return own === undefined ? [] : [own];
  });
  group.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
}

/** Descriptions are broken for those who read the code; commander breaks them anew, for the terminal’s width. */
function joinLines(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
}

/** Commands inherit none of this from the one they are added to. */
function prepareForErrors(command: Command, words: string, quiet: boolean): void {
  command.exitOverride();
  command.configureHelp({ commandDescription: (each) => joinLines(each.description()) });
  if (quiet) command.configureOutput({ writeErr: () => {} });
  command.showHelpAfterError(`Type next: ${words} --help`);
  for (const inner of command.commands) prepareForErrors(inner, `${words} ${inner.name()}`, quiet);
}
