import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evaluatorUrl } from './evaluator-role.js';
import { migrateDatabase } from './migrate-database.js';
import { startTestPostgres, type TestPostgres } from './testing/test-postgres.js';

// A server of its own: roles belong to a whole server, and who made one may change it.
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

it('migrates, and gives the evaluator another password, as an owner who is no superuser', async () => {
  const url = new URL(await postgres.createEmptyDatabase());
  await query(url.href, `CREATE ROLE holdout LOGIN CREATEROLE PASSWORD 'a password'`);
  await query(url.href, `ALTER DATABASE ${url.pathname.slice(1)} OWNER TO holdout`);
  const owner = new URL(url);
  owner.username = 'holdout';
  owner.password = 'a password';
  for (const evaluatorPassword of ['the first one', 'another one']) {
    await migrateDatabase({ url: owner.href, evaluatorPassword });
    await query(evaluatorUrl(owner.href, evaluatorPassword), 'SELECT FROM evaluations');
  }
  await expect(query(evaluatorUrl(owner.href, 'the first one'), 'SELECT 1')).rejects.toThrow('password authentication');
});

it('takes from the evaluator what rights it should not have', async () => {
  const url = await postgres.createEmptyDatabase();
  await query(url, 'ALTER ROLE holdout_evaluator CREATEDB CREATEROLE');
  await migrateDatabase({ url, evaluatorPassword: 'another one' });
  const rights = await query(
    url,
    `SELECT rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'holdout_evaluator'`,
  );
  expect(rights).toEqual([{ rolcreatedb: false, rolcreaterole: false }]);
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
