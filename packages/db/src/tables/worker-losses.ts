import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/**
 * Notes that a worker's lease ran out while it ran a bundle.
 *
 * @returns how many workers were lost over this evaluation and never heard of again. One that was only cut off from
 *   Postgres for a while does not count, nor does the one of the same name that was started in its place.
 */
export async function recordLoss(
  trx: Queryable,
  { evaluationId, owner }: { evaluationId: string; owner: string },
): Promise<number> {
  await trx.insertInto('workerLosses').values({ evaluationId, owner }).execute();
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM worker_losses
    WHERE evaluation_id = ${evaluationId} AND NOT EXISTS (
      SELECT FROM workers
      WHERE workers.name = worker_losses.owner AND started_at <= worker_losses.at AND last_seen_at > worker_losses.at)
    `.execute(trx);
  return rows[0]?.count ?? 0;
}
