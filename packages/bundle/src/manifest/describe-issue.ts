import { manifestFileName, type ProblemItem } from '@holdout/contracts';
import type { z } from 'zod';
import { makeProblem } from '../problems.js';

/** One sentence for each thing that is wrong: the field, what stands there, what belongs there. */
export function describeIssue(issue: z.core.$ZodIssue, manifest: unknown): ProblemItem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const field = [...issue.path, key].map(String).join('.');
      return makeProblem('manifest_invalid', {
        file: manifestFileName,
        field,
        found: 'a field that does not exist',
        expected: 'no such field',
      });
    });
  }
  const value = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), manifest);
  const found = value === undefined ? 'nothing' : shorten(JSON.stringify(value));
  const expected = describeExpected(issue);
  const field = issue.path.map(String).join('.');
  return [
    makeProblem('manifest_invalid', { file: manifestFileName, ...(field === '' ? {} : { field }), found, expected }),
  ];
}

/** Zod's own sentences are written for programmers where it compares. */
function describeExpected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') {
    return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) return 'a text that is not empty';
  if (issue.code === 'too_small') {
    return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'invalid_format' && issue.format === 'url')
    return 'an address that begins with https:// or http://';
  // Of a record's key, its own issue says what is wrong.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message.replace(/^Invalid (input|option): expected /, '').replace(/, received .*$/, '');
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' values' : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
