import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** As many as better-auth allows on the way in; it counts in the same columns, but not in a session. */
const mostWrongCodes = 10;

/** Whether too many wrong codes were typed for a person a moment ago. */
export async function isSecondFactorLocked(db: Queryable, userId: string): Promise<boolean> {
  const { rows } = await sql<{ isLocked: boolean }>`
    SELECT coalesce(locked_until > now(), false) AS "isLocked" FROM two_factors WHERE user_id = ${userId}`.execute(db);
  return rows[0]?.isLocked ?? false;
}

/** Counts a wrong code; the tenth in a row locks the person's second factor for a quarter of an hour. */
export async function countWrongCode(db: Queryable, userId: string): Promise<void> {
  await sql`
    UPDATE two_factors SET
      failed_verification_count = CASE WHEN locked_until <= now() THEN 1 ELSE coalesce(failed_verification_count, 0) + 1 END,
      locked_until = CASE
        WHEN locked_until <= now() THEN NULL
        WHEN coalesce(failed_verification_count, 0) + 1 >= ${mostWrongCodes} THEN now() + interval '15 minutes'
        ELSE locked_until
      END
    WHERE user_id = ${userId}`.execute(db);
}

/** After a code that was right. */
export async function forgetWrongCodes(db: Queryable, userId: string): Promise<void> {
  await sql`UPDATE two_factors SET failed_verification_count = 0, locked_until = NULL WHERE user_id = ${userId}`.execute(
    db,
  );
}
