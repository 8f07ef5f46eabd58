import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../testing/test-postgres.js';
import { blobColumns } from './blob-references.js';

let postgres: TestPostgres;
let client: pg.Client;
beforeAll(async () => {
  postgres = await startTestPostgres();
  client = new pg.Client({ connectionString: (await postgres.createDatabase()).ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});

it('knows every column that names a blob', async () => {
  const { rows } = await client.query<{ name: string }>(`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name LIKE '%digest%' ORDER BY 1`);
  const known = blobColumns.map(([table, column]) => `${table}.${column}`);
  // The digest of a version is of its description, which is no blob.
  expect(rows.map(({ name }) => name)).toEqual([...known, 'test_set_versions.digest'].sort());
});
