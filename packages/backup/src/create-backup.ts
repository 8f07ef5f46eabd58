import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listBlobReferences } from '@holdout/db';
import type { Storage } from '@holdout/storage';
import pg from 'pg';
import { blobPlace } from './blob-place.js';
import { dumpTables } from './dump-tables.js';
import { type Manifest, manifestName } from './manifest.js';
import { workOff } from './work-off.js';

export interface BackupSource {
  /** The owner's connection string. */
  readonly databaseUrl: string;
  readonly storage: Storage;
}

/** How far it is: tables first, then blobs. */
export type BackupProgress = (what: 'tables' | 'blobs', done: number, total: number) => void;

interface MadeBackup {
  /** The folder of the backup, within the one that was given. */
  readonly path: string;
  readonly rows: number;
  readonly blobs: number;
  /** Those that an earlier backup in the same folder had not. */
  readonly copiedBlobs: number;
}

/**
 * Writes a backup into `directory`, in a folder that is named by the moment it shows. The database is read in one
 * transaction, so that it is of one moment, while everybody goes on working; blobs are copied after it, which is as
 * consistent, since a blob never changes and what a row names is not removed for longer than a backup takes. A folder
 * without `manifest.json` is a backup that was not finished.
 *
 * @throws HoldoutError `storage_damaged` where a blob is missing or wrong; Error of the database or of the disk
 */
export async function createBackup(
  { databaseUrl, storage }: BackupSource,
  directory: string,
  { onProgress = () => {}, signal }: { onProgress?: BackupProgress; signal?: AbortSignal } = {},
): Promise<MadeBackup> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const createdAt = new Date().toISOString();
  const path = join(directory, createdAt.replaceAll(':', '-'));
  await mkdir(path, { mode: 0o700 });
  try {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'holdout-backup' });
    // An answer comes by the query that was asked; unheard, a broken connection would end the process.
    client.on('error', () => {});
    await client.connect();
    let dumped: Pick<Manifest, 'migrations' | 'tables' | 'sequences' | 'blobs'>;
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const tables = await dumpTables(client, path, (done, total) => {
        signal?.throwIfAborted();
        onProgress('tables', done, total);
      });
      dumped = { ...tables, blobs: await listBlobReferences(client) };
    } finally {
      await client.end();
    }
    const copiedBlobs = await copyBlobs(storage, directory, dumped.blobs, { onProgress, signal });
    const manifest: Manifest = { format: 'holdout-backup-1', createdAt, ...dumped };
    const unfinished = join(path, `${manifestName}.unfinished`);
    await writeFile(unfinished, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(unfinished, join(path, manifestName));
    for (const folder of [path, directory]) await sync(folder);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    return { path, rows, blobs: manifest.blobs.length, copiedBlobs };
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

async function copyBlobs(
  storage: Storage,
  directory: string,
  digests: readonly string[],
  { onProgress, signal }: { onProgress: BackupProgress; signal: AbortSignal | undefined },
): Promise<number> {
  let done = 0;
  let copied = 0;
  await workOff(digests, async (digest) => {
    signal?.throwIfAborted();
    const { folder, path } = blobPlace(directory, digest);
    if (!(await isWhole(path, await storage.sizeBytes(digest)))) {
      const made = await mkdir(folder, { recursive: true, mode: 0o700 });
      const unfinished = `${path}.${process.pid}.unfinished`;
      await rm(unfinished, { force: true });
      // Verified on the way, so that a damaged blob ends the backup and does not get into it.
      await storage.materialise(digest, unfinished);
      // The manifest says that it is here: after a power cut too.
      await sync(unfinished);
      await rename(unfinished, path);
      await sync(folder);
      if (made) await sync(dirname(folder));
      copied += 1;
    }
    done += 1;
    onProgress('blobs', done, digests.length);
  });
  return copied;
}

/** One of another length is what a power cut left of an earlier backup; it is copied again. */
async function isWhole(path: string, sizeBytes: number): Promise<boolean> {
  return await stat(path).then(
    ({ size }) => size === sizeBytes,
    () => false,
  );
}

/** Has a file's bytes, or the names in a folder, survive a power cut. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
