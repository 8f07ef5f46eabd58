import { expect, it } from 'vitest';
import { isOwnPage, withNext } from './next-page.js';

it('goes on to a page of this server', () => {
  for (const next of ['/', '/invitations/1?secret=a%2Fb', '/apiary']) expect(isOwnPage(next)).toBe(true);
});

it('goes nowhere else, however it is written', () => {
  const elsewhere = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
  ];
  for (const next of [...elsewhere, '/api/auth/sign-out', '/api', '', 'sign-in']) expect(isOwnPage(next)).toBe(false);
});

it('keeps where to go in the next address', () => {
  expect(withNext('/sign-up', undefined)).toBe('/sign-up');
  expect(withNext('/sign-up', '/a?b=c&d')).toBe('/sign-up?next=%2Fa%3Fb%3Dc%26d');
});
