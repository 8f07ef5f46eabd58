import { competitionFileSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { isFault, readYaml, toDraft, writeYaml } from './competition-draft.js';

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

it('says in which line it is no YAML', () => {
  expect(readYaml('title: a\nrules: [1, 2\nphases: x')).toMatchObject({ line: 3 });
  expect(readYaml('- a\n- b')).toMatchObject({ line: 1 });
  expect(readYaml('')).toMatchObject({ line: 1 });
});
