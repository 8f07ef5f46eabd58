import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { evaluatorUrl } from './evaluator-role.js';
import { migrateDatabase } from './migrate-database.js';
import { startTestPostgres, type TestPostgres } from './testing/test-postgres.js';

let postgres: TestPostgres;
let url: string;
let folder: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  url = await postgres.createEmptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'holdout-migrations-'));
  await write('0001_first.sql', 'CREATE TABLE first (id integer);');
  await write('0002_second.sql', 'CREATE TABLE second (id integer); INSERT INTO second VALUES (1);');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, statements: string) => writeFile(join(folder, name), statements);
const migrate = (evaluatorPassword = 'secret') =>
  migrateDatabase({ url, evaluatorPassword, directory: pathToFileURL(`${folder}/`) });

async function query(statement: string, connectionString = url): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

it('applies each file once, in order, also where several programs start at once', async () => {
  await Promise.all([migrate(), migrate(), migrate(), migrate()]);
  expect(await query('SELECT name FROM schema_migrations ORDER BY version')).toEqual([
    '0001_first.sql',
    '0002_second.sql',
  ]);
  await write('0003_third.sql', 'ALTER TABLE second ADD COLUMN name text;');
  await migrate();
  expect(await query('SELECT id FROM second')).toEqual([1]);
  expect(await query('SELECT count(*)::integer FROM schema_migrations')).toEqual([3]);
});

it('refuses to go on where an applied file was edited, renamed or taken away', async () => {
  await migrate();
  await write('0003_third.sql', 'CREATE TABLE third (id integer);');
  await write('0001_first.sql', 'CREATE TABLE first (id bigint);');
  await expect(migrate()).rejects.toThrow(
    /^Migration 0001_first\.sql was applied to this database and then changed: found .+ expected .+ write a new migration\.$/,
  );
  await write('0001_first.sql', 'CREATE TABLE first (id integer);');
  await rename(join(folder, '0002_second.sql'), join(folder, '0002_other.sql'));
  await expect(migrate()).rejects.toThrow('Migration 0002_second.sql was applied to this database and then changed');
  await rm(join(folder, '0002_other.sql'));
  await rm(join(folder, '0003_third.sql'));
  await expect(migrate()).rejects.toThrow('has migration 0002_second.sql, which this program does not know');
  expect(await query(`SELECT to_regclass('third')`)).toEqual([null]);
});

it('refuses numbers with a gap, before it touches the database', async () => {
  await write('0004_fourth.sql', 'CREATE TABLE fourth (id integer);');
  await expect(migrate()).rejects.toThrow('Migration 0004_fourth.sql should be number 3');
  expect(await query(`SELECT to_regclass('first')`)).toEqual([null]);
});

it('takes a file that fails back whole, and keeps those before it', async () => {
  await write('0003_third.sql', 'CREATE TABLE third (id integer); INSERT INTO nowhere VALUES (1);');
  await expect(migrate()).rejects.toThrow('Migration 0003_third.sql failed and was rolled back: relation "nowhere"');
  expect(await query('SELECT max(version) FROM schema_migrations')).toEqual([2]);
  expect(await query(`SELECT to_regclass('third')`)).toEqual([null]);
  await write('0003_third.sql', 'CREATE TABLE third (id integer);');
  await migrate();
  expect(await query(`SELECT to_regclass('third')::text`)).toEqual(['third']);
});

it('never applies a file without writing it down', async () => {
  await write(
    '0003_third.sql',
    'CREATE TABLE third (id integer); ALTER TABLE schema_migrations ADD CHECK (version < 3);',
  );
  await expect(migrate()).rejects.toThrow('Migration 0003_third.sql failed and was rolled back');
  expect(await query(`SELECT to_regclass('third')`)).toEqual([null]);
});

it('makes the evaluator’s role for several databases at once, and sets its password anew', async () => {
  await query('DROP ROLE IF EXISTS holdout_evaluator');
  const urls = await Promise.all([1, 2, 3, 4].map(() => postgres.createEmptyDatabase()));
  const directory = pathToFileURL(`${folder}/`);
  await Promise.all(urls.map((each) => migrateDatabase({ url: each, evaluatorPassword: 'one', directory })));
  expect(await query('SELECT 1', evaluatorUrl(url, 'one'))).toEqual([1]);
  await migrate("it's another \\ one");
  await expect(query('SELECT 1', evaluatorUrl(url, 'one'))).rejects.toThrow('password authentication failed');
  expect(await query('SELECT 1', evaluatorUrl(url, "it's another \\ one"))).toEqual([1]);
});

it('brings an empty database to the current tables', async () => {
  await migrateDatabase({ url, evaluatorPassword: 'secret' });
  const files = (await readdir(new URL('../migrations/', import.meta.url))).sort();
  expect(await query('SELECT name FROM schema_migrations ORDER BY version')).toEqual(files);
  const made = await Promise.all(
    files.map((name) => readFile(new URL(`../migrations/${name}`, import.meta.url), 'utf8')),
  );
  const tables = [...made.join('\n').matchAll(/^CREATE TABLE (\w+)/gm)].map(([, table]) => table);
  expect(await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)).toEqual(
    [...tables, 'schema_migrations'].sort(),
  );
});
