import { Argument, type Command } from 'commander';
import { describeCommands } from '../completion/describe-commands.js';
import { writeBashCompletion } from '../completion/write-bash.js';
import { writeZshCompletion } from '../completion/write-zsh.js';

const writers = { bash: writeBashCompletion, zsh: writeZshCompletion };
type Shell = keyof typeof writers;

/** `holdout completion`: what makes a shell complete commands and options, made from the commands themselves. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('write the completion of a shell')
    .description('Writes what makes a shell complete commands, options and files after the Tab key.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(writers)))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(holdout completion bash)"          # now; the same line in ~/.bashrc for every shell to come
  source <(holdout completion zsh)           # now; in ~/.zshrc after compinit
  holdout completion bash > ~/.local/share/bash-completion/completions/holdout`,
    )
    .action((shell: Shell) => {
      process.stdout.write(writers[shell](describeCommands(program)));
    });
}
