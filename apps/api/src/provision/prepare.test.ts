import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluatorUrl, findUserByEmail, openDatabase } from '@holdout/db';
import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/prepare.js', import.meta.url));
const passwords = { evaluator: 'an evaluator’s secret', administrator: 'an administrator’s secret' };
const email = 'operator@example.org';

let postgres: TestPostgres;
let folder: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'holdout-prepare-'));
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the program as a deployment does. */
function prepare(
  environment: Record<string, string>,
  argv: string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [program, ...argv],
      { env: { PATH: process.env.PATH, ...environment } },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function complete(databaseUrl: string) {
  const administratorFile = join(folder, 'administrator_password');
  await writeFile(administratorFile, `${passwords.administrator}\n`);
  return {
    HOLDOUT_DATABASE_URL: databaseUrl,
    HOLDOUT_EVALUATOR_PASSWORD: passwords.evaluator,
    HOLDOUT_ADMINISTRATOR_EMAIL: email,
    HOLDOUT_ADMINISTRATOR_PASSWORD_FILE: administratorFile,
  };
}

/** What a repeated preparation must leave as it is. */
async function readInstallation(databaseUrl: string) {
  const database = openDatabase({ url: databaseUrl, applicationName: 'test' });
  const keys = await database.selectFrom('installationKeys').selectAll().execute();
  const accounts = await database.selectFrom('accounts').selectAll().execute();
  const migrations = await database
    .selectFrom('schemaMigrations' as never)
    .selectAll()
    .execute();
  const administrator = await findUserByEmail(database, email);
  await database.close();
  return { keys, accounts, migrations, administrator };
}

describe('the preparation of an installation', () => {
  it('makes one of an empty database, and changes nothing when it is repeated', async () => {
    const databaseUrl = await postgres.createEmptyDatabase();
    const environment = await complete(databaseUrl);
    const first = await prepare(environment);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`${email} is a site administrator now`);
    const made = await readInstallation(databaseUrl);
    expect(made.administrator).toMatchObject({ siteAdmin: true, emailVerified: true });
    expect(made.keys).toHaveLength(1);
    const evaluator = openDatabase({ url: evaluatorUrl(databaseUrl, passwords.evaluator), applicationName: 'test' });
    await evaluator.ping();
    await evaluator.close();

    const second = await prepare({ ...environment, HOLDOUT_ADMINISTRATOR_NAME: 'Another name' });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('already, with the password that they have');
    expect(await readInstallation(databaseUrl)).toEqual(made);
    expect(first.stdout + second.stdout).not.toContain('secret');
  });

  it('gives the installation another key to sign by, and keeps the one before', async () => {
    const databaseUrl = await postgres.createEmptyDatabase();
    const environment = await complete(databaseUrl);
    await prepare(environment);
    const [first] = (await readInstallation(databaseUrl)).keys;
    const { code, stdout } = await prepare(environment, ['--new-installation-key']);
    const { keys } = await readInstallation(databaseUrl);
    expect({ code, count: keys.length }).toEqual({ code: 0, count: 2 });
    expect(keys).toContainEqual(first);
    expect(stdout).not.toContain(`Receipts are signed by the key ${first?.keyId}`);
    expect((await prepare(environment, ['--new-key'])).stderr).toContain("Unknown option '--new-key'");
  });

  it('gives nobody rights who has an account', async () => {
    const databaseUrl = await postgres.createEmptyDatabase();
    const environment = await complete(databaseUrl);
    await prepare(environment);
    const database = openDatabase({ url: databaseUrl, applicationName: 'test' });
    await database.updateTable('users').set({ siteAdmin: false }).where('email', '=', email).execute();
    await database.close();
    expect((await prepare(environment)).stdout).toContain('It is left as it is');
    expect((await readInstallation(databaseUrl)).administrator).toMatchObject({ siteAdmin: false });
  });

  it('says what is wrong with the environment, and shows no secret', async () => {
    const { code, stderr } = await prepare({
      HOLDOUT_DATABASE_URL: 'mysql://root:secret@host/db',
      HOLDOUT_ADMINISTRATOR_EMAIL: email,
      HOLDOUT_EVALUATOR_PASSWORD: 'short secret',
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'The installation can’t be prepared: HOLDOUT_DATABASE_URL must be a postgres:// address; ' +
        'HOLDOUT_EVALUATOR_PASSWORD must have at least 16 characters; ' +
        'HOLDOUT_ADMINISTRATOR_PASSWORD is needed with HOLDOUT_ADMINISTRATOR_EMAIL\n',
    );
  });

  it('says why Postgres does not let it in', async () => {
    const url = new URL(await postgres.createEmptyDatabase());
    const tryIt = async (change: (changed: URL) => void) => {
      const changed = new URL(url);
      change(changed);
      return await prepare({ ...(await complete(changed.href)), HOLDOUT_WAIT_SECONDS: '1' });
    };
    const strange = await tryIt((changed) => {
      changed.pathname = '/nothing';
    });
    expect(strange).toMatchObject({ code: 1 });
    expect(strange.stderr).toContain('the database that HOLDOUT_DATABASE_URL names does not exist');
    const away = await tryIt((changed) => {
      changed.port = '1';
    });
    expect(away).toMatchObject({ code: 1, stdout: 'Waiting for Postgres …\n' });
    expect(away.stderr).toMatch(/Postgres did not answer within 1 s \(.*ECONNREFUSED.*\)/);
    const refused = await tryIt((changed) => {
      changed.password = 'wrong';
    });
    expect(refused.stderr).toContain('the user or the password in HOLDOUT_DATABASE_URL is wrong');
  });
});
