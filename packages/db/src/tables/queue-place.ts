import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { queueOrder } from './queue-order.js';
import { countServing } from './workers.js';

/** Evaluations of one test-set version that wait before another one. */
export interface WaitingAhead {
  testSetVersionId: string;
  count: number;
}

/** An evaluation that a worker is at. */
export interface UnderWay {
  evaluationId: string;
  testSetVersionId: string;
  /** Since a worker first took it. */
  elapsedSeconds: number;
}

/** What stands between an evaluation and a worker. */
export interface QueueAhead {
  testSetVersionId: string;
  /** Only what needs the same class stands before it. */
  hardware: Hardware;
  /** Living workers that serve that class and take new work. */
  workers: number;
  /** Since a worker first took it; null for one that waits. */
  elapsedSeconds: number | null;
  ahead: WaitingAhead[];
  underWay: UnderWay[];
}

/**
 * What waits before an evaluation in the order in which workers take it, and what they are at, of whatever competition. Two
 * indexes have all of it: what has ended is not looked at.
 */
export async function readQueueAhead(db: Queryable, evaluationId: string): Promise<QueueAhead> {
  const own = await db
    .selectFrom('evaluations')
    .select(['testSetVersionId', 'hardware', 'state', elapsedSeconds.as('elapsedSeconds')])
    .where('id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  const underWay = await db
    .selectFrom('evaluations')
    .select(['id as evaluationId', 'testSetVersionId', elapsedSeconds.as('elapsedSeconds')])
    .where('state', 'in', ['checking', 'running'])
    .where('hardware', '=', own.hardware)
    .where('leaseOwner', 'is not', null)
    .where('leaseExpiresAt', '>', sql<Date>`now()`)
    .execute();
  const ahead = await db
    .selectFrom('evaluations')
    .select(['testSetVersionId', sql<number>`count(*)::integer`.as('count')])
    .where('state', '=', 'queued')
    .where('hardware', '=', own.hardware)
    .where(sql<boolean>`(${queueOrder}) < (SELECT ${queueOrder} FROM evaluations WHERE id = ${evaluationId})`)
    .groupBy('testSetVersionId')
    .execute();
  return {
    testSetVersionId: own.testSetVersionId,
    hardware: own.hardware,
    workers: await countServing(db, own.hardware),
    elapsedSeconds: own.elapsedSeconds,
    ahead: own.state === 'queued' ? ahead : [],
    underWay: underWay.map((each) => ({ ...each, elapsedSeconds: each.elapsedSeconds ?? 0 })),
  };
}

const elapsedSeconds = sql<number | null>`extract(epoch FROM now() - checking_at)::double precision`;

/**
 * How long the latest evaluations on some test-set versions took, from the check to the score; by version, in seconds.
 * What was only scored anew, or imported, was never run and says nothing.
 */
export async function listRecentDurations(
  db: Queryable,
  testSetVersionIds: readonly string[],
  limit = 50,
): Promise<ReadonlyMap<string, number[]>> {
  const { rows } = await sql<{ id: string; seconds: number[] }>`
    SELECT versions.id, array_agg(recent.seconds) AS seconds
    FROM unnest(${[...testSetVersionIds]}::uuid[]) AS versions (id)
    CROSS JOIN LATERAL (
      SELECT extract(epoch FROM scored_at - checking_at)::double precision AS seconds
      FROM evaluations
      WHERE test_set_version_id = versions.id AND state = 'scored' AND checking_at IS NOT NULL AND rescored_from IS NULL
      ORDER BY scored_at DESC LIMIT ${limit}
    ) recent
    GROUP BY versions.id`.execute(db);
  return new Map(rows.map(({ id, seconds }) => [id, seconds]));
}
