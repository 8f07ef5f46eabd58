import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/**
 * Deletes what opens nothing any more: sessions, mailed links and device codes whose time is over, and mails of the outbox
 * after a month. Tokens that are over stay, for their owner to see.
 */
export async function deleteExpired(db: Queryable): Promise<void> {
  await sql`DELETE FROM sessions WHERE expires_at < now()`.execute(db);
  await sql`DELETE FROM verifications WHERE expires_at < now()`.execute(db);
  await sql`DELETE FROM device_codes WHERE expires_at < now() - interval '1 hour'`.execute(db);
  await sql`DELETE FROM outbox WHERE at < now() - interval '30 days'`.execute(db);
}
