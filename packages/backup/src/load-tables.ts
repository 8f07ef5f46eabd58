import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { nameTable, tableFile } from './dump-tables.js';
import type { Manifest } from './manifest.js';

/**
 * Loads a backup's rows into empty tables, in one transaction: all of them, or nothing. Triggers stay out of it, since
 * what they would write is in the backup; foreign keys are taken off and put back, which checks every one of them at the end.
 * For both it is enough to own the tables.
 *
 * @throws Error with a sentence where a file is not what the manifest says
 */
export async function loadTables(
  client: pg.Client,
  backup: string,
  { tables, sequences }: Manifest,
  onTable: (done: number, total: number) => void,
): Promise<void> {
  await client.query('BEGIN');
  try {
    const putBack = await takeForeignKeysOff(client);
    const names = tables.map(({ name }) => pg.escapeIdentifier(name));
    for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    // A migration may have written rows of its own, such as defaults; the backup has them as they became.
    await client.query(`TRUNCATE ${names.join(', ')}`);
    for (const [index, table] of tables.entries()) {
      await loadTable(client, backup, table);
      onTable(index + 1, tables.length);
    }
    for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    for (const { name, lastValue } of sequences) {
      const sequence = pg.escapeIdentifier(name);
      if (lastValue !== null) await client.query('SELECT setval($1::regclass, $2::bigint)', [sequence, lastValue]);
    }
    for (const statement of putBack) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** @returns the statements that put them back */
async function takeForeignKeysOff(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(`
    SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2`);
  for (const { table, name } of rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  return rows.map(({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
}

async function loadTable(client: pg.Client, backup: string, table: Manifest['tables'][number]): Promise<void> {
  const path = tableFile(backup, table.name);
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const loaded = client.query(copyFrom(`COPY ${nameTable(table.name, table.columns)} FROM STDIN`));
  await pipeline(createReadStream(path), createGunzip(), hashing, loaded).catch((cause: unknown) => {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path} can’t be loaded: ${words}. Nothing was changed; take another backup.`, { cause });
  });
  if (hash.digest('hex') === table.sha256 && loaded.rowCount === table.rows) return;
  throw new Error(
    `${path} is damaged: its rows are not those that were written. Nothing was changed; take another backup.`,
  );
}
