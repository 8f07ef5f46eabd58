import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../config.js';
import { createProgram } from '../create-program.js';
import { readExamples } from './read-notes.js';
import { listCommands, writeReference } from './write-reference.js';

const program = createProgram(
  { environment: readEnvironment(), signal: new AbortController().signal },
  { quiet: false },
);
const all = listCommands(program, 'holdout');
const leaves = all.filter(({ command }) => command.commands.length === 0);

it('docs/cli.md is what the commands say; node apps/cli/scripts/write-reference.mjs writes it', async () => {
  const written = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  expect(written).toBe(writeReference(program));
});

it('the help of every group has an example of each of its commands', () => {
  for (const { command, words } of all) {
    if (command === program || command.commands.length === 0) continue;
    for (const inner of command.commands.filter((each) => each.name() !== 'help')) {
      expect(readExamples(command).join('\n'), words).toContain(`${words} ${inner.name()}`);
    }
  }
});

describe.each(leaves)('$words', ({ words, command }) => {
  const examples = readExamples(command);

  it('has a summary, and an example of itself with options and commands that there are', () => {
    expect(command.summary()).toMatch(/\w/);
    expect(examples.filter((line) => line.includes(words)).length).toBeGreaterThan(0);
    for (const typed of examples.flatMap((line) => line.split(/[;|]|&&|\$\(/))) {
      const argv = typed
        .replace(/\s#.*$/, '')
        .trim()
        .split(/\s+/);
      const start = argv.indexOf('holdout');
      if (start >= 0) expectKnown(program, argv.slice(start + 1), typed);
    }
  });

  it('prints JSON where it is asked to', () => {
    const isShellScript = words === 'holdout completion';
    expect(command.options.some(({ long }) => long === '--json')).toBe(!isShellScript);
  });
});

function expectKnown(command: Command, [word, ...rest]: string[], line: string): void {
  const below = command.commands.find((each) => each.name() === word);
  if (below) {
    expectKnown(below, rest, line);
    return;
  }
  expect(command.commands.length, `${line}: ${word} is no command`).toBe(0);
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  for (const flag of [word, ...rest].filter((each) => each !== undefined && /^--?[a-z]/.test(each))) {
    expect(known, line).toContain(flag?.replace(/[=)].*$/, ''));
  }
}
