import { competitionFileSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { toDraft, writeYaml } from './competition-draft.js';
import { isFault, readYaml } from './read-yaml.js';

const file = competitionFileSchema.parse({
  competition: 'mura',
  title: 'MURA: yes',
  rules: 'One.\nTwo: three\n',
  data: [{ name: 'MURA', url: 'https://example.org/mura', size: 3 * 1024 ** 3, licence: 'research only' }],
  phases: [{ phase: 'test', title: 'Test', visibility: 'hidden', testSet: 'a', sample: 'b', limits: { cpuTime: 90 } }],
});

it('reads back what it wrote, with units for people', () => {
  const text = writeYaml(toDraft(file));
  expect(text).toContain('bundleSize: 512 MiB');
  expect(text).toContain('time: 30 min');
  expect(text).toContain('size: 3 GiB');
  const read = readYaml(text);
  expect(isFault(read)).toBe(false);
  expect(competitionFileSchema.parse(read)).toEqual(file);
});

it.each([
  ['title: a\nrules: [1, 2\nphases: x', 3, 'indent'],
  ['title: a\n  rules: b', 1, 'second_value'],
  ['title: a: b', 1, 'second_value'],
  ['title: a\ntitle: b', 2, 'twice'],
  ['phases:\n\t- phase: a', 2, 'tab'],
  ['title: "a', 1, 'missing'],
  ['title: "\\p"', 1, 'escape'],
  ['title: @a', 1, 'sign'],
  ['title: a\nrules\nphases: x', 2, 'no_colon'],
  ['title: a\n---\ntitle: b', 2, 'documents'],
  ['title: *a', 1, 'alias'],
  ['a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\ne: [*d, *d, *d, *d]', 1, 'alias'],
  ['- a\n- b', 1, 'no_fields'],
  ['', 1, 'no_fields'],
])('says where %j is no YAML, and why', (text, line, kind) => {
  expect(readYaml(text)).toMatchObject({ line, kind });
});

it.each(['[', '{a: ', '- '])('says of %j by the thousand that it is nested too deep', (sign) => {
  expect(readYaml(`title: a\nrules:\n  ${sign.repeat(5000)}`)).toMatchObject({ line: 3, kind: 'nested' });
});
