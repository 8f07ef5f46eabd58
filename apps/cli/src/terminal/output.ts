import type { ShownProblem } from '../command-error.js';
import type { Environment } from '../config.js';
import { printable } from './printable.js';

/** What a person or a program is told: people read lines, programs one JSON value on standard output. */
export interface Output {
  readonly json: boolean;
  /** Columns of the terminal; infinite where lines go anywhere else. */
  readonly columns: number;
  /** A line for people; nothing where JSON was asked for. */
  say(line: string): void;
  /** The same, bold on a terminal that may show it. */
  title(line: string): void;
  /** The result for programs; nothing where people read. */
  result(value: unknown): void;
}

export function createOutput(json: boolean, { coloursAllowed }: Pick<Environment, 'coloursAllowed'>): Output {
  const { stdout } = process;
  const say = (line: string) => {
    if (!json) stdout.write(`${line}\n`);
  };
  return {
    json,
    columns: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    say,
    title: (line) => say(coloursAllowed && stdout.isTTY ? `\x1b[1m${line}\x1b[22m` : line),
    result: (value) => {
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

const mostListed = 50;

/**
 * Says what went wrong and what to do next: lines on standard error; where JSON was asked for, `{ "error": … }` on
 * standard output, with every problem in it.
 */
export function reportProblem(problem: ShownProblem, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: problem }, null, 2)}\n`);
    return;
  }
  const { title, detail, next, problems = [], instance } = problem;
  // The detail of a single problem is its sentence once more.
  const adds = detail !== undefined && !problems.some(({ message }) => message === detail);
  const lines = [
    adds ? `${title} ${detail}` : title,
    ...problems.slice(0, mostListed).map(({ message }) => `  • ${printable(message)}`),
    ...(problems.length > mostListed ? [`  … and ${problems.length - mostListed} more; --json lists all.`] : []),
    ...(instance && problem.status && problem.status >= 500 ? [`Request ${instance}.`] : []),
    next,
  ];
  const safe = lines.flatMap((line) => line.split('\n')).map(printable);
  process.stderr.write(`${safe.join('\n')}\n`);
}
