import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/**
 * The order in which what is queued for one hardware class is worked: as the index `evaluations_queue` has it, and the
 * only place besides it. How turns are given stands in `migrations/0030_queue_order.sql`.
 */
export const queueOrder = sql`-priority, turn, queued_at, id`;

/**
 * The next to be worked of a hardware class, locked; what others have locked is theirs.
 *
 * @returns its id; null where nothing waits
 */
export async function lockNextQueued(trx: Queryable, hardware: Hardware): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM evaluations WHERE state = 'queued' AND hardware = ${hardware}
    ORDER BY ${queueOrder} LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(trx);
  return rows[0]?.id ?? null;
}

/** Of some hardware classes those that something waits for: the one of the highest priority first, then as they came. */
export async function listWaitedFor(db: Queryable, classes: readonly Hardware[]): Promise<Hardware[]> {
  const { rows } = await sql<{ hardware: Hardware }>`
    SELECT classes.hardware
    FROM unnest(${[...classes]}::text[]) WITH ORDINALITY AS classes (hardware, place)
    CROSS JOIN LATERAL (
      SELECT priority FROM evaluations WHERE state = 'queued' AND evaluations.hardware = classes.hardware
      ORDER BY ${queueOrder} LIMIT 1
    ) next
    ORDER BY next.priority DESC, classes.place`.execute(db);
  return rows.map(({ hardware }) => hardware);
}

/** Where teams are merged: what waits of the one waits in the other's line, behind what that has there. */
export async function joinQueueLines(trx: Queryable, fromLine: string, intoLine: string): Promise<void> {
  await sql`
    UPDATE evaluations SET queue_line = ${intoLine}, turn = take_turn(${intoLine}, hardware, priority)
    WHERE state = 'queued' AND queue_line = ${fromLine}`.execute(trx);
}
