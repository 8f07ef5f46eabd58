import { submissionStates } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { readSubmissionSearch, states, toQuery } from './submission-search.js';

it('takes what can be meant from an address, and nothing else', () => {
  expect(
    readSubmissionSearch({ phase: 'test', state: 'nonsense', standing: 'withdrawn', text: 12, from: '1 May' }),
  ).toEqual({
    phase: 'test',
    standing: 'withdrawn',
    text: '12',
  });
  expect([...states]).toEqual([...submissionStates]);
});

it('asks for whole days in the reader’s zone', () => {
  const query = toQuery({ state: 'scored', from: '2027-01-31', to: '2027-01-31' });
  expect(query.get('state')).toBe('scored');
  const [since, until] = [query.get('since'), query.get('until')].map((time) => new Date(time ?? ''));
  expect(since).toEqual(new Date(2027, 0, 31));
  expect(until).toEqual(new Date(2027, 1, 1));
});
