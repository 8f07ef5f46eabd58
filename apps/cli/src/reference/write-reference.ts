import type { Argument, Command, Option } from 'commander';
import { readNotes } from './read-notes.js';

/**
 * The whole of the command as one page of Markdown, from the commands themselves: for each its usage, arguments, options
 * and examples.
 */
export function writeReference(program: Command): string {
  const commands = listCommands(program, program.name());
  const contents = commands.slice(1).filter(({ command }) => command.commands.length === 0);
  return `# The \`${program.name()}\` command

Written from the commands themselves by \`node apps/cli/scripts/write-reference.mjs\`; a test fails where it is not what they say.

${program.description()}

${contents.map(({ words, command }) => `- [\`${words}\`](#${words.replaceAll(' ', '-')}): ${command.summary()}`).join('\n')}

${[writeNotes(program), ...commands.slice(1).map(writeCommand)].join('\n\n')}
`;
}

interface NamedCommand {
  readonly command: Command;
  /** From the program's name on. */
  readonly words: string;
}

/** The tree as a list, each command before those below it. */
export function listCommands(command: Command, words: string): NamedCommand[] {
  const below = command.commands.filter((each) => each.name() !== 'help');
  return [{ command, words }, ...below.flatMap((each) => listCommands(each, `${words} ${each.name()}`))];
}

function writeCommand({ command, words }: NamedCommand): string {
  const help = command.createHelp();
  const usage = command.commands.length > 0 ? null : `\`\`\`\n${words} ${command.usage()}\n\`\`\``;
  const args = help.visibleArguments(command).map(writeArgument);
  const options =
    command.commands.length > 0
      ? []
      : help
          .visibleOptions(command)
          .filter(({ long }) => long !== '--help')
          .map(writeOption);
  const parts = [
    `## ${words}`,
    join(command.description()),
    usage,
    [...args, ...options].join('\n'),
    writeNotes(command),
  ];
  return parts.filter((part) => part).join('\n\n');
}

function writeArgument(argument: Argument): string {
  const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return `- \`${name}\`: ${argument.description}${writeChoices(argument.argChoices)}`;
}

function writeOption({ flags, description, argChoices, mandatory, defaultValue }: Option): string {
  const isTold = defaultValue === undefined || defaultValue === false || description.includes('(default');
  const words = [writeChoices(argChoices), mandatory && !argChoices ? ' (needed)' : ''].join('');
  return `- \`${flags}\`: ${description}${words}${isTold ? '' : ` (default: ${defaultValue})`}`;
}

function writeChoices(choices: readonly string[] | undefined): string {
  return choices ? ` (${choices.join(', ')})` : '';
}

/** What stands after the options in a command's help: paragraphs and lists, examples as what can be typed. */
function writeNotes(command: Command): string {
  return readNotes(command)
    .map(({ title, lines }) => {
      if (title === null) return join(lines.join('\n'));
      const language = /^Examples?$/.test(title) ? 'sh' : '';
      return `${title}:\n\n\`\`\`${language}\n${lines.join('\n')}\n\`\`\``;
    })
    .join('\n\n');
}

/** Lines are broken for terminals; a page breaks them itself. */
function join(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('<', '\\<');
}
