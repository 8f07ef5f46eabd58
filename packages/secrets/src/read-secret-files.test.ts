import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSecretFiles } from './read-secret-files.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function keep(text: string): Promise<string> {
  const path = join(folder, `secret-${text.length}`);
  await writeFile(path, text);
  return path;
}

it('fills in what a file holds, without the line end that an editor leaves', async () => {
  const environment = { PASSWORD_FILE: await keep(' p=a ss \r\n'), OTHER: 'as it was' };
  expect(readSecretFiles(environment, ['PASSWORD'])).toMatchObject({ PASSWORD: ' p=a ss ', OTHER: 'as it was' });
});

it('leaves alone what may not come by a file, and what is set to nothing', async () => {
  const environment = { LOG_FILE: await keep('a log'), PASSWORD: 'here', PASSWORD_FILE: '' };
  expect(readSecretFiles(environment, ['PASSWORD'])).toEqual(environment);
});

it('does not choose between two', async () => {
  const environment = { PASSWORD: 'one', PASSWORD_FILE: await keep('another') };
  expect(() => readSecretFiles(environment, ['PASSWORD'])).toThrow('PASSWORD and PASSWORD_FILE are both set');
});

it('says which file is missing or empty', async () => {
  const missing = join(folder, 'nothing');
  expect(() => readSecretFiles({ PASSWORD_FILE: missing }, ['PASSWORD'])).toThrow(
    `PASSWORD_FILE names ${missing}, which can’t be read (ENOENT)`,
  );
  const empty = await keep('\n');
  expect(() => readSecretFiles({ PASSWORD_FILE: empty }, ['PASSWORD'])).toThrow(`names ${empty}, which is empty`);
});
