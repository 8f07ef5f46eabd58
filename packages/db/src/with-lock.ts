import { sql } from 'kysely';
import type { Queryable } from './open-database.js';

/**
 * Does something that one process at a time may do, however long it takes. The lock is a connection's and not a
 * transaction's, which Postgres would end while it waits for what is outside; with a connection that breaks it is gone,
 * so whoever must not go on without it asks `held` something before each step.
 *
 * @returns null where another process does it now
 */
export async function withLock<T>(
  db: Queryable,
  name: string,
  work: (held: Queryable) => Promise<T>,
): Promise<T | null> {
  return await db.connection().execute(async (held) => {
    const key = sql`hashtextextended(${name}, 0)`;
    const { rows } = await sql<{ mine: boolean }>`SELECT pg_try_advisory_lock(${key}) AS mine`.execute(held);
    if (rows[0]?.mine !== true) return null;
    try {
      return await work(held);
    } finally {
      await sql`SELECT pg_advisory_unlock(${key})`.execute(held).catch(() => {});
    }
  });
}
