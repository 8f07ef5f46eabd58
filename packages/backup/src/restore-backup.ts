import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { migrateDatabase } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import pg from 'pg';
import { blobPlace } from './blob-place.js';
import type { BackupProgress, BackupSource } from './create-backup.js';
import { loadTables } from './load-tables.js';
import { type Manifest, readManifest } from './manifest.js';
import { workOff } from './work-off.js';

interface RestoreOptions {
  /** What the evaluating worker's role logs in with from now on. */
  readonly evaluatorPassword: string;
  readonly onProgress?: BackupProgress;
}

interface Restored {
  /** The moment that the installation is at now. */
  readonly createdAt: string;
  readonly rows: number;
  readonly blobs: number;
}

/**
 * Brings a backup into an empty database and a storage, and then to the tables of this release. Blobs come first: when the
 * rows appear, in one transaction, everything that they name is there. It can be repeated until it succeeds.
 *
 * @param backup - the folder with `manifest.json`, beside the `blobs` of its directory
 * @throws Error with a sentence for the operator where the backup is not whole, is of a newer release, or the database is
 *   not empty
 */
export async function restoreBackup(
  { databaseUrl, storage }: BackupSource,
  backup: string,
  { evaluatorPassword, onProgress = () => {} }: RestoreOptions,
): Promise<Restored> {
  const manifest = await readManifest(backup);
  await demandEmpty(databaseUrl, manifest);
  await bringBlobs(storage, dirname(backup), manifest.blobs, onProgress);
  const { version } = manifest.migrations.at(-1) ?? { version: 0 };
  await migrateDatabase({ url: databaseUrl, evaluatorPassword, upTo: version });
  await withClient(databaseUrl, async (client) => {
    await demandSameTables(client, manifest);
    await loadTables(client, backup, manifest, (done, total) => onProgress('tables', done, total));
  });
  await migrateDatabase({ url: databaseUrl, evaluatorPassword });
  const { createdAt, tables, blobs } = manifest;
  return { createdAt, rows: tables.reduce((sum, { rows }) => sum + rows, 0), blobs: blobs.length };
}

/** Rows that are there must not be lost, whoever typed the command on the wrong machine. */
async function demandEmpty(databaseUrl: string, { tables }: Manifest): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (const { name } of tables) {
      const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
        pg.escapeIdentifier(name),
      ]);
      if (!rows[0]?.there) continue;
      const { rowCount } = await client.query(`SELECT FROM ${pg.escapeIdentifier(name)} LIMIT 1`);
      if (rowCount === 0) continue;
      throw new Error(
        `The database is not empty: there are rows in ${name}. A backup is restored into an empty database only; make one ` +
          '(CREATE DATABASE) and name it in HOLDOUT_DATABASE_URL.',
      );
    }
  });
}

async function demandSameTables(client: pg.Client, { migrations }: Manifest): Promise<void> {
  const { rows } = await client.query<Manifest['migrations'][number]>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  for (const [index, wanted] of migrations.entries()) {
    const found = rows[index];
    if (found?.name === wanted.name && found.checksum === wanted.checksum) continue;
    throw new Error(
      `The backup was made by a release that had migration ${wanted.name}, and this one has ${found?.name ?? 'none'} in its ` +
        'place. Restore it with the release that made it, or a newer one.',
    );
  }
  if (rows.length > migrations.length)
    throw new Error(
      'The database has tables of a newer release than the backup. Restore into a database without tables.',
    );
}

async function bringBlobs(
  storage: Storage,
  directory: string,
  digests: readonly string[],
  onProgress: BackupProgress,
): Promise<void> {
  let done = 0;
  await workOff(digests, async (digest) => {
    if (!(await storage.has(digest))) {
      const { path } = blobPlace(directory, digest);
      const stored = await storage.put(createReadStream(path));
      if (stored.digest !== digest) throw new Error(`${path} is damaged: its bytes are not those that its name says.`);
    }
    done += 1;
    onProgress('blobs', done, digests.length);
  });
}

async function withClient(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'holdout-restore' });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
