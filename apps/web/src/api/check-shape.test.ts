import { expect, it } from 'vitest';
import { byShape } from './check-shape.js';

const check = byShape<{ name: string; rows: unknown[]; user: object | null; facts: object }>('answer', {
  name: 'string',
  rows: 'array',
  user: 'nullable',
  facts: 'object',
});

it('lets an answer through that has what a page reads, and whatever else', () => {
  const body = { name: 'a', rows: [], user: null, facts: {}, more: 1 };
  expect(check(body)).toBe(body);
});

it.each([
  [null, 'name'],
  ['words', 'name'],
  [{ name: 1, rows: [], user: null, facts: {} }, 'name'],
  [{ name: 'a', rows: {}, user: null, facts: {} }, 'rows'],
  [{ name: 'a', rows: [], facts: {} }, 'user'],
  [{ name: 'a', rows: [], user: null, facts: null }, 'facts'],
])('names what %j lacks', (body, field) => {
  expect(() => check(body)).toThrow(`The answer has no ${field} that can be read.`);
});
