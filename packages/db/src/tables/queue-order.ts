import type { Hardware } from '@holdout/contracts';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Schema } from '../schema.js';

/**
 * The order in which what is queued for one hardware class is worked: as the index `evaluations_queue` has it, and the
 * only place besides it. How turns are given stands in `migrations/0030_queue_order.sql`.
 */
export const queueOrder = sql`-priority, turn, queued_at, id`;

/** What of an evaluation's row decides about its claim. */
export const claimedColumns = ['id', 'state', 'attempts', 'leaseOwner', 'bundleStartedAt'] as const;
export type ClaimedRow = Pick<Selectable<Schema['evaluations']>, (typeof claimedColumns)[number]>;

/**
 * The next to be worked of a hardware class, locked; what others have locked is theirs.
 *
 * @returns undefined where nothing waits
 */
export async function lockNextQueued(trx: Queryable, hardware: Hardware): Promise<ClaimedRow | undefined> {
  return await trx
    .selectFrom('evaluations')
    .select(claimedColumns)
    .where('state', '=', 'queued')
    .where('hardware', '=', hardware)
    .orderBy(queueOrder)
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
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

/**
 * Which part of the teams that wait does so in each of some classes; one that waits in two is half in each.
 *
 * @returns parts that add up to 1; a class that nobody waits for is not in it
 */
export async function readClassShares(db: Queryable, classes: readonly Hardware[]): Promise<Map<Hardware, number>> {
  const { rows } = await sql<{ hardware: Hardware; share: number }>`
    SELECT hardware, sum(part)::float8 / sum(sum(part)) OVER () AS share
    FROM (
      SELECT hardware, 1.0 / count(*) OVER (PARTITION BY queue_line) AS part
      FROM (
        SELECT DISTINCT queue_line, hardware FROM evaluations
        WHERE state = 'queued' AND hardware = ANY(${[...classes]}::text[])
      ) waiting
    ) parts
    GROUP BY hardware`.execute(db);
  return new Map(rows.map(({ hardware, share }) => [hardware, share]));
}

/** Where teams are merged: what waits of the one waits in the other's line, behind what that has there. */
export async function joinQueueLines(trx: Queryable, fromLine: string, intoLine: string): Promise<void> {
  await sql`
    UPDATE evaluations SET queue_line = ${intoLine}, turn = take_turn(${intoLine}, hardware, priority)
    WHERE state = 'queued' AND queue_line = ${fromLine}`.execute(trx);
}
