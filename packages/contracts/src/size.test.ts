import { expect, it } from 'vitest';
import { showOverLimit, showSize } from './size.js';

it.each([
  [0, '0 B'],
  [900, '900 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1 MiB'],
  [25_165_824, '24 MiB'],
  [512 * 1024 ** 2, '512 MiB'],
  [1023.4 * 1024 ** 2, '1023 MiB'],
  [1.25 * 1024 ** 3, '1.25 GiB'],
  [10 * 1024 ** 3, '10 GiB'],
  [3000 * 1024 ** 4, '3000 TiB'],
])('%d bytes are %s', (bytes, words) => {
  expect(showSize(bytes)).toBe(words);
});

it('tells a size from its limit, however little it is over', () => {
  expect(showOverLimit(600 * 1024 ** 2, 512 * 1024 ** 2)).toEqual(['600 MiB', '512 MiB']);
  expect(showOverLimit(1025 * 1024, 1024 * 1024)).toEqual(['1049600 B', '1048576 B']);
});
