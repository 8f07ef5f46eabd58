import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { sha256 } from '../testing/seed-phase.js';
import { useDatabases } from '../testing/use-databases.js';
import { addInstallationKey, readInstallationKey } from './installation-keys.js';

const databases = useDatabases();

const makeKey = (name: string) => ({ keyId: sha256(name), publicKey: `public ${name}`, privateKey: `private ${name}` });

it('is made once, however many ask first at the same moment', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `key ${index}`);
  const keys = await Promise.all(names.map((name) => readInstallationKey(databases.owner, () => makeKey(name))));
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
  const makesNone = () => {
    throw new Error('There is one already.');
  };
  expect(await readInstallationKey(databases.owner, makesNone)).toEqual(keys[0]);
  expect(names.map(makeKey)).toContainEqual(keys[0]);
});

it('is the one with the highest number, and none is changed or taken away', async () => {
  await readInstallationKey(databases.owner, () => makeKey('first'));
  await addInstallationKey(databases.owner, makeKey('second'));
  expect(await readInstallationKey(databases.owner, () => makeKey('third'))).toEqual(makeKey('second'));
  for (const statement of [
    `UPDATE installation_keys SET private_key = 'x'`,
    'DELETE FROM installation_keys',
    'TRUNCATE installation_keys',
  ]) {
    await expect(sql.raw(statement).execute(databases.owner), statement).rejects.toThrow('is only ever added to');
  }
});
