import { expect, it } from 'vitest';
import { z } from 'zod';
import { countFirst } from './count-first.js';
import { describeIssue } from './describe-issue.js';

const schema = z.object({ list: countFirst(z.array(z.string()).min(1), 2) });

it('says of a list that is too long nothing but that', () => {
  const { error } = schema.safeParse({ list: [0, 0, 0] });
  const problems = error?.issues.flatMap((issue) => describeIssue('request_invalid', { field: 'list' }, issue));
  expect(problems?.map(({ message }) => message)).toEqual(['list: expected at most 2 values.']);
});

it('looks at one that is not, and at what is none', () => {
  expect(schema.parse({ list: ['a', 'b'] })).toEqual({ list: ['a', 'b'] });
  expect(schema.safeParse({ list: [0, 0] }).error?.issues).toHaveLength(2);
  for (const wrong of [{ list: [] }, { list: 'ab' }, {}]) expect(schema.safeParse(wrong).success).toBe(false);
});

it('is described by what is in it', () => {
  expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({
    properties: { list: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } } },
    required: ['list'],
  });
});
