import { expect, it } from 'vitest';
import { createFormat } from './use-format.js';

const [english, chinese] = [createFormat('en'), createFormat('zh')];
const noon = '2027-03-01T12:00:00.000Z';

it('writes dates and numbers as each language does', () => {
  expect(english.date(noon)).toBe('1 Mar 2027');
  expect(chinese.date(noon)).toBe('2027年3月1日');
  expect([english.shortDate(noon), chinese.shortDate(noon)]).toEqual(['1 Mar 2027', '2027/3/1']);
  expect(english.number(12_345)).toBe('12,345');
  expect(english.list(['a', 'b', 'c'])).toBe('a, b and c');
  expect(chinese.list(['a', 'b'])).toBe('a和b');
  expect([english, chinese].map(({ commas }) => commas(['a', null, 'b']))).toEqual(['a, b', 'a，b']);
  expect(english.sentences(['A.', false, 'B.'])).toBe('A. B.');
  expect(chinese.sentences(['一。', '二。'])).toBe('一。二。');
});

it('writes sizes and times with the unit that is easiest to read', () => {
  expect([512 * 1024 ** 2, 4 * 1024 ** 3, 900].map(chinese.size)).toEqual(['512 MiB', '4 GiB', '900 B']);
  expect([90, 1800, 2 * 3600, 3 * 86_400].map(english.duration)).toEqual(['90 secs', '30 mins', '2 hrs', '3 days']);
});

it('says how long ago or how soon', () => {
  const now = new Date(noon).getTime();
  expect(english.relative(now - 5 * 60_000, now)).toBe('5 minutes ago');
  expect(english.relative(now + 3 * 86_400_000, now)).toBe('in 3 days');
  expect(chinese.relative(now - 3_600_000, now)).toBe('1小时前');
});
