import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Database, insertSubmission, migrateDatabase, openDatabase } from '@holdout/db';
import { manifest, seedPhase, startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { createDiskStorage, openStorage, type Storage } from '@holdout/storage';
import { startS3Server } from '@holdout/storage/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type BackupSource, createBackup } from './create-backup.js';
import { readManifest } from './manifest.js';
import { restoreBackup } from './restore-backup.js';

const evaluatorPassword = "it's a secret";
let postgres: TestPostgres;
let folder: string;
let backups: string;
let source: BackupSource & { storage: Storage };
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-backup-'));
  backups = join(folder, 'backups');
  const { ownerUrl } = await postgres.createDatabase();
  source = { databaseUrl: ownerUrl, storage: await createDiskStorage({ directory: join(folder, 'storage') }) };
  database = openDatabase({ url: ownerUrl, applicationName: 'test' });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const store = (bytes: Buffer) => source.storage.put(Readable.from([bytes]));

/** A competition whose hidden studies and whose first submission have real files. */
async function seed() {
  const images = await Promise.all([1, 2, 3].map(() => store(randomBytes(2000))));
  const studies = images.map(({ digest, sizeBytes }, index) => ({
    study: `XR_WRIST/patient${index}/study1`,
    studyType: 'wrist',
    patient: `patient${index}`,
    goldLabel: (index % 2) as 0 | 1,
    images: [{ digest, sizeBytes, fileName: 'image1.png', width: 40, height: 30 }],
  }));
  const { phaseId, teamId } = await seedPhase(database, { title: 'Tabs\tand\nlines \\ é', studies });
  const submit = async () => {
    const { digest: bundleDigest, sizeBytes: bundleSizeBytes } = await store(randomBytes(5000));
    return await insertSubmission(database, { phaseId, teamId, manifest, bundleDigest, bundleSizeBytes });
  };
  await submit();
  return { submit };
}

async function emptyPlace(): Promise<BackupSource & { storage: Storage }> {
  const directory = join(folder, `storage-${randomUUID()}`);
  return { databaseUrl: await postgres.createEmptyDatabase(), storage: await createDiskStorage({ directory }) };
}

async function query<Row extends pg.QueryResultRow>(databaseUrl: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table, and what keeps the tables: constraints, triggers, the next of each sequence. */
async function readAll(databaseUrl: string) {
  const tables = await query<{ name: string }>(
    databaseUrl,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' ORDER BY 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    const found = await query<{ row: string }>(databaseUrl, `SELECT "${name}"::text AS row FROM "${name}" ORDER BY 1`);
    rows[name] = found.map(({ row }) => row);
  }
  const kept = await query(
    databaseUrl,
    `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace
     UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT sequencename, last_value::text, '' FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1, 2, 3`,
  );
  return { rows, kept };
}

it('brings back every row, every file and every rule into an empty place, which goes on from there', async () => {
  await seed();
  const { path, blobs } = await createBackup(source, backups);
  expect(blobs).toBe(4);
  const place = await emptyPlace();
  await restoreBackup(place, path, { evaluatorPassword });
  const found = await readAll(place.databaseUrl);
  expect(found).toEqual(await readAll(source.databaseUrl));
  expect(Object.values(found.rows).flat().length).toBeGreaterThan(10);
  for (const digest of (await readManifest(path)).blobs) {
    expect((await place.storage.open(digest)).readable).toBe(true);
    expect(await place.storage.sizeBytes(digest)).toBe(await source.storage.sizeBytes(digest));
  }
  // The next row gets the next number, and guards are on duty.
  const [phase] = await query<{ id: string }>(place.databaseUrl, 'SELECT id FROM phases');
  await expect(query(place.databaseUrl, `DELETE FROM test_sets`)).rejects.toThrow();
  expect(phase).toBeDefined();
});

it('is of one moment, whatever is written meanwhile', async () => {
  const { submit } = await seed();
  let isWriting = true;
  const written = Promise.all(
    [1, 2, 3].map(async () => {
      while (isWriting) await submit();
    }),
  );
  const { path } = await createBackup(source, backups);
  isWriting = false;
  await written;
  const place = await emptyPlace();
  // Its foreign keys are checked as it is restored.
  await restoreBackup(place, path, { evaluatorPassword });
  const [counts] = await query<{ submissions: number; evaluations: number; events: number }>(
    place.databaseUrl,
    `SELECT (SELECT count(*)::integer FROM submissions) AS submissions, (SELECT count(*)::integer FROM evaluations) AS evaluations,
       (SELECT count(DISTINCT evaluation_id)::integer FROM evaluation_events) AS events`,
  );
  expect(counts?.evaluations).toBe(counts?.submissions);
  expect(counts?.events).toBe(counts?.submissions);
});

it('copies only what an earlier backup in the same folder has not, and lets nobody else read it', async () => {
  const { submit } = await seed();
  const first = await createBackup(source, backups);
  await submit();
  const second = await createBackup(source, backups);
  expect([first.copiedBlobs, second.copiedBlobs, second.blobs]).toEqual([4, 1, 5]);
  for (const path of [backups, first.path]) expect((await stat(path)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(first.path)) expect((await stat(join(first.path, name))).mode & 0o077).toBe(0);
});

it('ends, and leaves no half backup, where a file of the installation is damaged', async () => {
  await seed();
  const [digest = ''] = (await query<{ digest: string }>(source.databaseUrl, 'SELECT digest FROM images')).map(
    (image) => image.digest,
  );
  const path = (await source.storage.path?.(digest)) ?? '';
  await rm(path);
  await writeFile(path, 'other bytes');
  await expect(createBackup(source, backups)).rejects.toMatchObject({ code: 'storage_damaged' });
  expect((await readdir(backups)).filter((name) => name !== 'blobs')).toEqual([]);
});

it('changes nothing where a file of the backup is damaged, and can be repeated with another', async () => {
  await seed();
  const good = await createBackup(source, backups);
  const bad = await createBackup(source, backups);
  const place = await emptyPlace();
  const submissions = join(bad.path, 'submissions.copy.gz');
  await truncate(submissions, (await stat(submissions)).size - 20);
  await expect(restoreBackup(place, bad.path, { evaluatorPassword })).rejects.toThrow(
    /submissions\.copy\.gz can’t be loaded/,
  );
  const { gzipSync } = await import('node:zlib');
  await writeFile(submissions, gzipSync(''));
  await expect(restoreBackup(place, bad.path, { evaluatorPassword })).rejects.toThrow(
    /submissions\.copy\.gz is damaged/,
  );
  expect(Object.values((await readAll(place.databaseUrl)).rows).flat()).toEqual([]);
  await restoreBackup(place, good.path, { evaluatorPassword });
  expect(await readAll(place.databaseUrl)).toEqual(await readAll(source.databaseUrl));
});

it('refuses files whose bytes are not what their name says', async () => {
  await seed();
  const { path } = await createBackup(source, backups);
  const [digest = ''] = (await readManifest(path)).blobs;
  await appendFile(join(backups, 'blobs', digest.slice(0, 2), digest.slice(2)), 'more');
  await expect(restoreBackup(await emptyPlace(), path, { evaluatorPassword })).rejects.toThrow(/is damaged/);
});

it('is restored into an empty database only, and only where it is whole', async () => {
  await seed();
  const { path } = await createBackup(source, backups);
  await expect(restoreBackup(source, path, { evaluatorPassword })).rejects.toThrow(/^The database is not empty/);
  await expect(restoreBackup(source, backups, { evaluatorPassword })).rejects.toThrow(/is no backup/);
  const file = join(path, 'manifest.json');
  const made = JSON.parse(await readFile(file, 'utf8'));
  const later = { version: 999, name: '0999_later.sql', checksum: 'a'.repeat(64) };
  await writeFile(file, JSON.stringify({ ...made, migrations: [...made.migrations, later] }));
  await expect(restoreBackup(await emptyPlace(), path, { evaluatorPassword })).rejects.toThrow(
    /had migration 0999_later\.sql, and this one has none/,
  );
});

it('of an earlier release comes up to this one', async () => {
  const earlier = { ...source, databaseUrl: await postgres.createEmptyDatabase() };
  await migrateDatabase({ url: earlier.databaseUrl, evaluatorPassword, upTo: 18 });
  await query(earlier.databaseUrl, `INSERT INTO competitions (slug, title, description) VALUES ('mura', 'MURA', '')`);
  const { path } = await createBackup(earlier, backups);
  const place = await emptyPlace();
  await restoreBackup(place, path, { evaluatorPassword });
  expect(await query(place.databaseUrl, 'SELECT slug, rules_version FROM competitions')).toMatchObject([
    { slug: 'mura', rules_version: 1 },
  ]);
  const [newest] = await query<{ version: number }>(
    source.databaseUrl,
    'SELECT max(version) AS version FROM schema_migrations',
  );
  expect(await query(place.databaseUrl, 'SELECT max(version) AS version FROM schema_migrations')).toEqual([newest]);
});

it('copies anew what a power cut cut short in an earlier one', async () => {
  await seed();
  const { path } = await createBackup(source, backups);
  const [digest = ''] = (await readManifest(path)).blobs;
  await truncate(join(backups, 'blobs', digest.slice(0, 2), digest.slice(2)), 10);
  const second = await createBackup(source, backups);
  expect(second.copiedBlobs).toBe(1);
  const place = await emptyPlace();
  await restoreBackup(place, second.path, { evaluatorPassword });
  expect(await readAll(place.databaseUrl)).toEqual(await readAll(source.databaseUrl));
});

it('comes from a bucket and goes into another one', { timeout: 60_000 }, async () => {
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  const openBucket = async () =>
    await openStorage({ directory: join(folder, randomUUID()), s3: await s3.createBucket() });
  source = { ...source, storage: await openBucket() };
  await seed();
  const { path, copiedBlobs } = await createBackup(source, backups);
  expect(copiedBlobs).toBe(4);
  const place = { databaseUrl: await postgres.createEmptyDatabase(), storage: await openBucket() };
  await restoreBackup(place, path, { evaluatorPassword });
  expect(await readAll(place.databaseUrl)).toEqual(await readAll(source.databaseUrl));
  const bytesOf = async ({ storage }: { storage: Storage }, digest: string) => buffer(await storage.open(digest));
  for (const digest of (await readManifest(path)).blobs)
    expect((await bytesOf(place, digest)).equals(await bytesOf(source, digest))).toBe(true);
});
