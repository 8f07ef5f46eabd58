import { expect, it } from 'vitest';
import { splitLinks } from './split-links.js';

it('finds the addresses of a mail, and loses nothing', () => {
  const text = 'Open\n\nhttp://127.0.0.1:8080/a?b=c%2Fd\n\nor https://example.org/x then';
  const parts = splitLinks(text);
  expect(parts.filter(({ isLink }) => isLink).map((part) => part.text)).toEqual([
    'http://127.0.0.1:8080/a?b=c%2Fd',
    'https://example.org/x',
  ]);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.map(({ text: part, start }) => text.slice(start, start + part.length))).toEqual(
    parts.map((part) => part.text),
  );
});

it('makes no link of another kind of address', () => {
  expect(splitLinks('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)', isLink: false, start: 0 }]);
});
