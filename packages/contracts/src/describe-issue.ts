import type { z } from 'zod';
import type { ErrorCode, ProblemItem } from './errors.js';
import { makeProblem, type ProblemPlace, type ProblemWords } from './make-problem.js';
import { makeSentence, type SentenceName, sentenceTemplates } from './sentences.js';

/** What zod found wrong, as far as words are made of it. */
interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly format?: unknown;
  readonly pattern?: unknown;
  readonly issues?: readonly z.core.$ZodIssue[];
  /** Fields that there are none of. */
  readonly keys?: readonly string[];
}

/** A problem for each field that is wrong. What stands there is not repeated: it may be long, or a secret. */
export function describeIssue(code: ErrorCode, place: ProblemPlace, issue: Issue): ProblemItem[] {
  if (issue.code === 'unrecognized_keys') {
    const [found, expected] = [makeSentence('found_unknown_field', {}), makeSentence('no_such_field', {})];
    return (issue.keys ?? []).map((key) => {
      return makeProblem(code, { ...place, field: place.field ? `${place.field}.${key}` : key, found, expected });
    });
  }
  const isMissing = issue.message.endsWith(', received undefined');
  const found = isMissing ? { found: makeSentence('found_nothing', {}) } : {};
  return [makeProblem(code, { ...place, ...found, expected: describeExpected(issue) })];
}

/** What belongs in a field. Zod's own sentences are written for programmers where it compares. */
export function describeExpected(issue: Issue): ProblemWords {
  const { code, message, origin, minimum, maximum, inclusive, issues } = issue;
  if (code === 'too_big') return sayLimit(inclusive === false ? 'less_than' : 'at_most', maximum, origin);
  if (code === 'too_small' && origin === 'string' && minimum === 1) return makeSentence('text_not_empty', {});
  if (code === 'too_small') return sayLimit(inclusive === false ? 'more_than' : 'at_least', minimum, origin);
  if (code === 'invalid_format') return findSentence(message) ?? sayFormat(issue);
  // Of a record's key, its own issue says what is wrong.
  const words = code === 'invalid_key' ? (issues?.[0]?.message ?? message) : message;
  // Of several forms none fits, and no schema's author has said more.
  if (words === 'Invalid input') return makeSentence('allowed_value', {});
  const expected = words.replace(/^Invalid (input|option): expected /, '').replace(/, received .*$/, '');
  return findSentence(expected) ?? expected;
}

type LimitName = 'at_most' | 'at_least' | 'less_than' | 'more_than';

/** Of texts and lists the limit is one of their length, and included. */
function sayLimit(name: LimitName, value: unknown, origin: unknown): ProblemWords {
  const limit = String(value);
  const isIncluded = name === 'at_most' || name === 'at_least';
  if (isIncluded && origin === 'string') return makeSentence(`${name}_characters`, { limit });
  if (isIncluded && origin === 'array') return makeSentence(`${name}_values`, { limit });
  return makeSentence(name, { limit });
}

const formats: Readonly<Record<string, SentenceName>> = {
  url: 'web_address',
  email: 'mail_address',
  datetime: 'a_moment',
  uuid: 'an_id',
};

function sayFormat({ format, pattern, message }: Issue): ProblemWords {
  const name = formats[String(format)];
  if (name !== undefined) return { name, values: {} };
  return pattern === undefined ? message : makeSentence('text_of_form', { pattern: String(pattern) });
}

/** Rules of schemas are written in the words of the catalogue: by these they are found there again. */
function findSentence(words: string): ProblemWords | null {
  const [, values] = /^one of (.*)$/s.exec(words) ?? [];
  if (values !== undefined) return makeSentence('one_of', { values: values.replaceAll('|', ', ') });
  const found = Object.entries(sentenceTemplates).find(([, template]) => template === words);
  return found ? { name: found[0] as SentenceName, values: {} } : null;
}
