import {
  bundleSentences,
  makeSentence,
  manifestFileName,
  type ProblemItem,
  type SentenceName,
} from '@holdout/contracts';
import type { z } from 'zod';
import { makeProblem, type ProblemWords } from '../problems.js';

/** One sentence for each thing that is wrong: the field, what stands there, what belongs there. */
export function describeIssue(issue: z.core.$ZodIssue, manifest: unknown): ProblemItem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const field = [...issue.path, key].map(String).join('.');
      return makeProblem('manifest_invalid', {
        file: manifestFileName,
        field,
        found: makeSentence('found_unknown_field', {}),
        expected: makeSentence('no_such_field', {}),
      });
    });
  }
  const value = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), manifest);
  const found = value === undefined ? makeSentence('found_nothing', {}) : shorten(JSON.stringify(value));
  const expected = describeExpected(issue);
  const field = issue.path.map(String).join('.');
  return [
    makeProblem('manifest_invalid', { file: manifestFileName, ...(field === '' ? {} : { field }), found, expected }),
  ];
}

/** Zod's own sentences are written for programmers where it compares. */
function describeExpected(issue: z.core.$ZodIssue): ProblemWords {
  if (issue.code === 'too_big') {
    return sayLimit(issue.inclusive === false ? 'less_than' : 'at_most', issue.maximum, issue.origin);
  }
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) {
    return makeSentence('text_not_empty', {});
  }
  if (issue.code === 'too_small') {
    return sayLimit(issue.inclusive === false ? 'more_than' : 'at_least', issue.minimum, issue.origin);
  }
  if (issue.code === 'invalid_format' && issue.format === 'url') return makeSentence('web_address', {});
  // Of a record's key, its own issue says what is wrong.
  if (issue.code === 'invalid_key') return findSentence(issue.issues[0]?.message ?? issue.message);
  return findSentence(issue.message.replace(/^Invalid (input|option): expected /, '').replace(/, received .*$/, ''));
}

type LimitName = 'at_most' | 'at_least' | 'less_than' | 'more_than';

/** Of texts and lists the limit is one of their length, and included. */
function sayLimit(name: LimitName, value: number | bigint, origin: string): ProblemWords {
  const limit = String(value);
  const isIncluded = name === 'at_most' || name === 'at_least';
  if (isIncluded && origin === 'string') return makeSentence(`${name}_characters`, { limit });
  if (isIncluded && origin === 'array') return makeSentence(`${name}_values`, { limit });
  return makeSentence(name, { limit });
}

/** The rules of the manifest are written in the words of the catalogue: by these they are found there again. */
function findSentence(words: string): ProblemWords {
  const [, values] = /^one of (.*)$/s.exec(words) ?? [];
  if (values !== undefined) return makeSentence('one_of', { values });
  const found = Object.entries(bundleSentences).find(([, template]) => template === words);
  return found ? { name: found[0] as SentenceName, values: {} } : words;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
