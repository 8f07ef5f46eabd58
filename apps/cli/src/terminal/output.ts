import { styleText } from 'node:util';
import { errorCatalogue, HoldoutError, type Problem, presentProblem } from '@holdout/contracts';

/** An answer of the server that is not a success. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** What a person or a program is told: people read lines, programs one JSON value on standard output. */
export interface Output {
  readonly json: boolean;
  /** A line for people; nothing where JSON was asked for. */
  say(line: string): void;
  /** The result for programs; nothing where people read. */
  result(value: unknown): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say: (line) => json || process.stdout.write(`${line}\n`),
    result: (value) => json && process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
  };
}

/** Bold on a terminal that shows colours, plain elsewhere. */
export function bold(text: string): string {
  return styleText('bold', text, { validateStream: true, stream: process.stdout });
}

/** Says what went wrong and what to do next; as JSON on standard output where that was asked for. */
export function reportError(error: unknown, json: boolean): void {
  const problem = toProblem(error);
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: problem ?? { title: wordsOf(error) } }, null, 2)}\n`);
    return;
  }
  if (!problem) {
    process.stderr.write(`${wordsOf(error)}\n`);
    return;
  }
  const listed = problem.problems ?? [];
  // A single problem's sentence is the detail already.
  const detail = problem.detail && problem.detail !== listed[0]?.message ? ` ${problem.detail}` : '';
  process.stderr.write(`${problem.title}${detail}\n`);
  for (const { message } of listed) process.stderr.write(`  • ${message}\n`);
  process.stderr.write(`${problem.next}\n`);
}

function toProblem(error: unknown): Problem | null {
  if (error instanceof ServerProblem) return error.problem;
  if (!(error instanceof HoldoutError)) return null;
  const { next } = errorCatalogue[error.code];
  return { ...presentProblem(error), next, ...(error.detail ? { detail: error.detail } : {}) };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
