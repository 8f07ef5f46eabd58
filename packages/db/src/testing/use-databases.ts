import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Database, openDatabase } from '../open-database.js';
import { startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.js';

/** The connections of the running test, to a database of its own. */
export interface Databases {
  postgres: TestPostgres;
  urls: TestDatabase;
  owner: Database;
  /** As the evaluating worker's role. */
  evaluator: Database;
}

/** One Postgres a test file, one fresh database a test. */
export function useDatabases(): Databases {
  const databases = {} as Databases;
  beforeAll(async () => {
    databases.postgres = await startTestPostgres();
  });
  afterAll(() => databases.postgres?.stop());
  beforeEach(async () => {
    databases.urls = await databases.postgres.createDatabase();
    const { ownerUrl, evaluatorUrl } = databases.urls;
    databases.owner = openDatabase({ url: ownerUrl, applicationName: 'test-owner', maxConnections: 20 });
    databases.evaluator = openDatabase({ url: evaluatorUrl, applicationName: 'test-evaluator', maxConnections: 20 });
  });
  afterEach(async () => {
    await databases.owner.close();
    await databases.evaluator.close();
  });
  return databases;
}

/** What happens when a worker dies and its time is over. */
export async function expireLease(owner: Database, evaluationId: string): Promise<void> {
  await sql`UPDATE evaluations SET lease_expires_at = now() - interval '1 second' WHERE id = ${evaluationId}`.execute(
    owner,
  );
}

export async function countRows(
  owner: Database,
  table: 'scores' | 'entries' | 'evaluationEvents' | 'workerLosses',
): Promise<number> {
  const { count } = await owner
    .selectFrom(table)
    .select((columns) => columns.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
