import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { useDatabases } from '../testing/use-databases.js';
import { blobReferences } from './blob-references.js';

const databases = useDatabases();

/** Digests of what is no blob: what a version of a test set holds. */
const noBlobs = ['test_set_versions.digest'];

it('knows every column that names a blob', async () => {
  const { rows } = await sql<{ name: string }>`
    SELECT columns.table_name || '.' || column_name AS name FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name LIKE '%digest%'`.execute(
    databases.owner,
  );
  const known = blobReferences.map(({ table, column }) => `${table}.${column}`);
  expect(rows.map(({ name }) => name).sort()).toEqual([...known, ...noBlobs].sort());
});
