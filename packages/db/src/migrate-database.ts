import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { makeEvaluatorRole } from './evaluator-role.js';

interface MigrateOptions {
  /** The owner's connection string; it must be allowed to create roles. */
  url: string;
  /** What the evaluating worker's role logs in with; set anew at each call. */
  evaluatorPassword: string;
  /** The folder of numbered SQL files. */
  directory?: URL;
  /** The number of the last one to apply; without it, all. A backup is loaded into the tables that it was made of. */
  upTo?: number;
}

interface Migration {
  version: number;
  name: string;
  checksum: string;
  statements: string;
}

const ownMigrations = new URL('../migrations/', import.meta.url);
/** Any number that no other program locks on: “hold” in ASCII. */
const advisoryLockKey = 0x686f6c64;

/**
 * Brings the database up to date, forward only: each numbered file in a transaction of its own, under a lock, so
 * that programs that start at the same time do it once. Repeating it changes nothing but the evaluator's password.
 *
 * @throws Error with a sentence for the operator where an applied file was edited, removed or slipped in before
 *   others, and where one fails.
 */
export async function migrateDatabase({
  url,
  evaluatorPassword,
  directory = ownMigrations,
  upTo = Number.POSITIVE_INFINITY,
}: MigrateOptions): Promise<void> {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({ connectionString: url, application_name: 'holdout-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLockKey]);
    await makeEvaluatorRole(client, evaluatorPassword);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         version integer PRIMARY KEY,
         name text NOT NULL,
         checksum text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now()
       )`,
    );
    const applied = await client.query<Omit<Migration, 'statements'>>(
      'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
    );
    for (const [index, before] of applied.rows.entries()) checkApplied(before, migrations[index]);
    for (const migration of migrations.slice(applied.rows.length)) {
      if (migration.version <= upTo) await apply(client, migration);
    }
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function readMigrations(directory: URL): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  const migrations = await Promise.all(
    names.map(async (name) => {
      const statements = await readFile(new URL(name, directory), 'utf8');
      const checksum = createHash('sha256').update(statements).digest('hex');
      return { version: Number(name.slice(0, 4)), name, checksum, statements };
    }),
  );
  for (const [index, { version, name }] of migrations.entries()) {
    if (version !== index + 1)
      throw new Error(`Migration ${name} should be number ${index + 1}: number them without gaps.`);
  }
  return migrations;
}

function checkApplied(applied: Omit<Migration, 'statements'>, file: Migration | undefined): void {
  if (!file) {
    throw new Error(
      `The database has migration ${applied.name}, which this program does not know: start a release at least as new as the one that last ran here.`,
    );
  }
  if (file.checksum !== applied.checksum || file.name !== applied.name) {
    throw new Error(
      `Migration ${applied.name} was applied to this database and then changed: found ${file.name} with sha256 ${file.checksum.slice(0, 12)}…, expected ${applied.checksum.slice(0, 12)}…. Put the file back as it was, and write a new migration.`,
    );
  }
}

async function apply(client: pg.Client, { version, name, checksum, statements }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(statements);
    await client.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [
      version,
      name,
      checksum,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    throw new Error(`Migration ${name} failed and was rolled back: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
