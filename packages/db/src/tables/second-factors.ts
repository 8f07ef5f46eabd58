import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

const mostWrongCodes = 10;

/**
 * Counts a code as wrong before it is looked at, so that codes sent at once are counted one by one; one that was right is
 * forgotten after. The tenth in a row locks the person's second factor for a quarter of an hour.
 *
 * @returns whether the code may be looked at
 */
export async function beginCode(db: Queryable, userId: string): Promise<boolean> {
  const { rows } = await sql<{ mayTry: boolean }>`
    WITH begun AS (
      UPDATE two_factors SET
        failed_verification_count = CASE WHEN locked_until IS NULL THEN coalesce(failed_verification_count, 0) ELSE 0 END + 1,
        locked_until = CASE
          WHEN locked_until IS NULL AND coalesce(failed_verification_count, 0) + 1 >= ${mostWrongCodes}
          THEN now() + interval '15 minutes'
        END
      WHERE user_id = ${userId} AND (locked_until IS NULL OR locked_until <= now())
      RETURNING user_id
    )
    SELECT EXISTS (SELECT FROM begun) OR NOT EXISTS (SELECT FROM two_factors WHERE user_id = ${userId}) AS "mayTry"
  `.execute(db);
  return rows[0]?.mayTry === true;
}

/** After a code that was right. */
export async function forgetWrongCodes(db: Queryable, userId: string): Promise<void> {
  await sql`UPDATE two_factors SET failed_verification_count = 0, locked_until = NULL WHERE user_id = ${userId}`.execute(
    db,
  );
}
