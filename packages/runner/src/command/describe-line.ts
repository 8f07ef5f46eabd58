import type { ErrorCode, ProblemItem } from '@holdout/contracts';

interface LineParts {
  readonly file: string;
  /** From 1; left out for the file as a whole. */
  readonly line?: number | undefined;
  readonly found: string;
  readonly expected: string;
}

/** One thing that is wrong with a file, as data and as a sentence that says the same. */
export function describeLine(code: ErrorCode, { file, line, found, expected }: LineParts): ProblemItem {
  const where = line === undefined ? file : `${file}, line ${line}`;
  const message = `${where}: found ${found}; expected ${expected}.`;
  return { code, file, ...(line === undefined ? {} : { line }), found, expected, message };
}

/** Text of a file as it may stand in a sentence. */
export function quoteText(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
