import type { Command } from 'commander';

interface Note {
  /** `Examples` where indented lines follow `Examples:`; null for a paragraph. */
  readonly title: string | null;
  readonly lines: readonly string[];
}

/** What stands after the options in a command's help, by paragraphs. */
export function readNotes(command: Command): Note[] {
  return readAfter(command)
    .trim()
    .split(/\n\n+/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => {
      const [first = '', ...rest] = paragraph.split('\n');
      const isList = first.endsWith(':') && rest.length > 0 && rest.every((line) => line.startsWith('  '));
      if (!isList) return { title: null, lines: [first, ...rest] };
      return { title: first.slice(0, -1), lines: rest.map((line) => line.slice(2)) };
    });
}

/** The examples in a command's help. */
export function readExamples(command: Command): string[] {
  return readNotes(command).flatMap(({ title, lines }) => (/^Examples?$/.test(title ?? '') ? lines : []));
}

/** Commander gives away the whole help only by writing it. */
function readAfter(command: Command): string {
  let text = '';
  const usual = command.configureOutput();
  command.configureOutput({
    ...usual,
    writeOut: (words) => {
      text += words;
    },
  });
  command.outputHelp();
  command.configureOutput(usual);
  return text.slice(command.helpInformation().length);
}
