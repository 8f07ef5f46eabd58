import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Manifest } from './manifest.js';

/**
 * Writes every table to a file of its own in `folder`, as one moment knew them: `client` is in a transaction that sees
 * nothing of what others do meanwhile.
 */
export async function dumpTables(
  client: pg.Client,
  folder: string,
  onTable: (done: number, total: number) => void,
): Promise<Pick<Manifest, 'migrations' | 'tables' | 'sequences'>> {
  const { rows: migrations } = await client.query<Manifest['migrations'][number]>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  const found = await listTables(client);
  const tables: Manifest['tables'] = [];
  for (const { name, columns } of found) {
    tables.push({ name, columns, ...(await dumpTable(client, { name, columns }, tableFile(folder, name))) });
    onTable(tables.length, found.length);
  }
  // Sequences belong to no moment. Read last, they are past every row that was written.
  const { rows: sequences } = await client.query<Manifest['sequences'][number]>(
    `SELECT sequencename AS name, last_value::text AS "lastValue" FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  );
  return { migrations, tables, sequences };
}

export function tableFile(folder: string, name: string): string {
  return join(folder, `${name}.copy.gz`);
}

/** Our tables with the columns that hold data: what Postgres computes itself can't be written back. */
async function listTables(client: pg.Client): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    SELECT relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'
      AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY relname ORDER BY relname`);
  return rows;
}

async function dumpTable(client: pg.Client, { name, columns }: { name: string; columns: string[] }, path: string) {
  const copied = client.query(copyTo(`COPY ${nameTable(name, columns)} TO STDOUT`));
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(copied, hashing, createGzip(), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  return { rows: copied.rowCount, sha256: hash.digest('hex') };
}

/** `table (column, …)`, as SQL. */
export function nameTable(name: string, columns: readonly string[]): string {
  return `${escapeIdentifier(name)} (${columns.map((column) => escapeIdentifier(column)).join(', ')})`;
}
