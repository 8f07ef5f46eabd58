import { readFile } from 'node:fs/promises';
import { competitionFileSchema } from '@holdout/contracts';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const demoFile = new URL('../../demo/mura.yaml', import.meta.url);

it('repeats no number that a setting or a test set holds, which would stay when that changes', async () => {
  const { description, rules, phases } = competitionFileSchema.parse(parse(await readFile(demoFile, 'utf8')));
  const texts = [description, rules, ...phases.map((phase) => phase.description)];
  expect(texts.join('').length).toBeGreaterThan(200);
  const number = /\d|\b(two|three|four|five|six|seven|eight|nine|ten|twenty|hundred)\b/i;
  for (const text of texts) expect(text ?? '').not.toMatch(number);
});
