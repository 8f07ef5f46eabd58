import { createInterface } from 'node:readline/promises';
import { interruptedError } from '../command-error.js';

/** Whether there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks a person; where there is none, nothing is asked.
 *
 * @throws CommandError `interrupted` for any answer but yes
 */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!canAsk()) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw interruptedError('Nothing was changed.', 'Answer y to go on; --help tells how to say it beforehand.');
}
