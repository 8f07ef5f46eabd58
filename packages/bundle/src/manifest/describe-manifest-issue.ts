import {
  describeExpected,
  describeIssue,
  makeProblem,
  makeSentence,
  manifestFileName,
  type ProblemItem,
} from '@holdout/contracts';
import type { z } from 'zod';

/** One sentence for each thing that is wrong: the field, what stands there, what belongs there. */
export function describeManifestIssue(issue: z.core.$ZodIssue, manifest: unknown): ProblemItem[] {
  const field = issue.path.map(String).join('.');
  const place = { file: manifestFileName, ...(field === '' ? {} : { field }) };
  if (issue.code === 'unrecognized_keys') return describeIssue('manifest_invalid', place, issue);
  const value = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), manifest);
  const found = value === undefined ? makeSentence('found_nothing', {}) : show(value);
  return [makeProblem('manifest_invalid', { ...place, found, expected: describeExpected(issue) })];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    return text.length > 100 ? `${text.slice(0, 100)}…` : text;
  } catch {
    // Lists in lists by the thousand can be read, but not written: for that the stack is too short.
    return '…';
  }
}
