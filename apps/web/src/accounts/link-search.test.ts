import { expect, it } from 'vitest';
import { readLinkSearch } from './link-search.js';

it('reads what a link says', () => {
  expect(readLinkSearch({ next: '/teams', error: 'TOKEN_EXPIRED', token: 'a', secret: 'b', change: true })).toEqual({
    next: '/teams',
    error: 'TOKEN_EXPIRED',
    token: 'a',
    secret: 'b',
    change: true,
  });
});

it('knows a code however it was typed, also one of digits', () => {
  expect(readLinkSearch({ user_code: 'abcd-efgh' })).toEqual({ user_code: 'ABCDEFGH' });
  expect(readLinkSearch({ user_code: 23456789 })).toEqual({ user_code: '23456789' });
});

it('leaves out what can’t be meant', () => {
  expect(
    readLinkSearch({ next: '//evil.example', token: '', secret: {}, change: 'x', user_code: '--', more: 1 }),
  ).toEqual({});
});
