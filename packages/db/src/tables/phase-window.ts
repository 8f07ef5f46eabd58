import { HoldoutError, makeSentence } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/**
 * Refuses where a phase takes no submissions now, by the database's clock: before it opens, once it has closed, and for
 * ever when it is final.
 *
 * @throws HoldoutError `phase_closed`
 */
export async function demandOpen(db: Queryable, phaseId: string): Promise<void> {
  const { opensAt, endsAt, now } = await db
    .selectFrom('phases')
    .select([
      'opensAt',
      sql<Date | null>`least(closes_at, final_at)`.as('endsAt'),
      sql<Date>`clock_timestamp()`.as('now'),
    ])
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  if (opensAt && opensAt > now) {
    throw new HoldoutError('phase_closed', {
      sentences: [makeSentence('phase_opens', { opensAt: opensAt.toISOString() })],
    });
  }
  if (endsAt && endsAt <= now) {
    throw new HoldoutError('phase_closed', {
      sentences: [makeSentence('phase_closed', { closedAt: endsAt.toISOString() })],
    });
  }
}
