import { expect, it } from 'vitest';
import { z } from 'zod';
import { competitionFileSchema } from './competition-file.js';
import { describeIssue } from './describe-issue.js';
import { sentenceTemplates } from './sentences.js';

const file = (changes: object) => ({
  competition: 'mura',
  title: 'MURA',
  phases: [{ phase: 'test', title: 'Test', visibility: 'hidden', testSet: 'a', sample: 'b', ...changes }],
});

function describe(schema: z.ZodType, value: unknown) {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) =>
    describeIssue('competition_invalid', { field: issue.path.map(String).join('.') }, issue),
  );
}

it.each<[object, string]>([
  [{ title: '' }, 'phases.0.title: expected a text that is not empty.'],
  [{ title: undefined }, 'phases.0.title: found nothing; expected string.'],
  [{ visibility: 'secret' }, 'phases.0.visibility: expected one of "public", "hidden".'],
  [{ testSet: 'A set' }, 'phases.0.testSet: expected lower-case letters, digits and hyphens.'],
  [{ colour: 'red' }, 'phases.0.colour: found a field that does not exist; expected no such field.'],
  [{ opens: 'soon' }, 'phases.0.opens: expected a date and time such as 2027-01-31T12:00:00Z.'],
  [{ limits: { time: 'soon' } }, 'phases.0.limits.time: expected a time such as 90 s, 30 min or 2 h.'],
  [{ limits: { time: true } }, 'phases.0.limits.time: expected a time such as 90 s, 30 min or 2 h.'],
  [{ limits: { log: '0 B' } }, 'phases.0.limits.log: expected a size such as 512 MiB.'],
  [{ limits: { openFiles: 3 } }, 'phases.0.limits.openFiles: expected at least 16.'],
  [{ goldReaders: ['a', 'b'] }, 'phases.0.goldReaders: expected an odd number of readers, so that there is no tie.'],
  [{ goldReaders: [] }, 'phases.0.goldReaders: expected at least 1 values.'],
  [{ counted: 'first' }, 'phases.0.counted: expected another value.'],
])('says what belongs in a field in the words of the catalogue: %j', (changes, message) => {
  const problem = describe(competitionFileSchema, file(changes)).find((each) => each.message === message);
  expect(problem, JSON.stringify(describe(competitionFileSchema, file(changes)))).toBeDefined();
  expect(Object.keys(sentenceTemplates)).toContain(problem?.sentences?.expected?.name);
});

it('repeats nothing of what stands in a field', () => {
  const problems = describe(z.object({ password: z.string().max(5), email: z.email() }), {
    password: 'a secret of mine',
    email: 'another secret',
  });
  expect(problems.map(({ field, expected }) => [field, expected])).toEqual([
    ['password', 'at most 5 characters'],
    ['email', 'an e-mail address'],
  ]);
  expect(JSON.stringify(problems)).not.toContain('secret');
});
