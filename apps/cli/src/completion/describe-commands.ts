import type { Command, Option } from 'commander';

/** A command as a shell needs to know it: its words, and what can follow them. */
export interface DescribedCommand {
  /** From the program's name on: `holdout admin submission withdraw`. */
  readonly path: string;
  readonly summary: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly DescribedOption[];
  readonly values: ValueKind;
}

export interface DescribedOption {
  /** `--json`, `-o`. */
  readonly flags: readonly string[];
  readonly summary: string;
  /** null for one that takes no value. */
  readonly value: ValueKind | null;
}

/** What a value can be: one of some words, a file or folder, or what a shell can't know. */
export type ValueKind =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'unknown' };

/** Value names that stand for something on the disk. */
const fileNames = /^(file|dir|path|folder|bundle|archive|receipt|source)$/;

/** The tree of commands as a list, each before those below it. */
export function describeCommands(command: Command, above = ''): DescribedCommand[] {
  const path = above === '' ? command.name() : `${above} ${command.name()}`;
  const visible = command.createHelp().visibleCommands(command);
  const below = visible.filter((each) => each.name() !== 'help');
  const [first] = command.registeredArguments;
  return [
    {
      path,
      summary: command.summary() || firstSentence(command.description()),
      commands: below.map((each) => ({
        name: each.name(),
        summary: each.summary() || firstSentence(each.description()),
      })),
      options: command.createHelp().visibleOptions(command).map(describeOption),
      values: first ? describeValue(first.name(), first.argChoices) : { kind: 'unknown' },
    },
    ...below.flatMap((each) => describeCommands(each, path)),
  ];
}

function describeOption(option: Option): DescribedOption {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined && flag !== null);
  const name = /[<[]([\w-]+)/.exec(option.flags)?.[1];
  return {
    flags,
    summary: option.description,
    value: name === undefined ? null : describeValue(name, option.argChoices),
  };
}

function describeValue(name: string, choices: readonly string[] | undefined): ValueKind {
  if (choices) return { kind: 'words', words: choices };
  return { kind: fileNames.test(name) ? 'file' : 'unknown' };
}

function firstSentence(text: string): string {
  return text.split('\n')[0] ?? '';
}
