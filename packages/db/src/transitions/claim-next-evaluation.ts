import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { type ClaimedRow, claimedColumns, listWaitedFor, lockNextQueued } from '../tables/queue-order.js';
import { mayClaim } from '../tables/workers.js';
import { type ClaimOptions, claimLocked, type EvaluationClaim } from './claim-evaluation.js';

interface NextClaimOptions extends Omit<ClaimOptions, 'evaluationId'> {
  /** The classes that the worker serves; of two that are waited for with equal priority, the first one comes first. */
  serves: readonly Hardware[];
  /** The evaluation that a bell rang for. Where it was handed back, it is taken up again; else the bell says only that there is work. */
  rungId?: string | null;
}

/**
 * Claims what is next: an evaluation whose worker was lost, which has had its turn, or else the first that is queued.
 *
 * @returns null where nothing waits for this worker, or it is paused or draining
 */
export async function claimNextEvaluation(db: Queryable, options: NextClaimOptions): Promise<EvaluationClaim | null> {
  const { serves, rungId = null, ...claimOptions } = options;
  return db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, options.owner))) return null;
    for (;;) {
      const free = (await lockLost(trx, serves, rungId)) ?? (await lockQueued(trx, serves));
      if (!free) return null;
      const claim = await claimLocked(trx, free, claimOptions);
      // Without one its attempts were spent; it has ended, and the next one is looked for.
      if (claim) return claim;
    }
  });
}

/** What was handed back is tried again when its bell rings, and not at once: what was out of reach may need a moment. */
async function lockLost(
  trx: Queryable,
  serves: readonly Hardware[],
  rungId: string | null,
): Promise<ClaimedRow | undefined> {
  return await trx
    .selectFrom('evaluations')
    .select(claimedColumns)
    .where('state', 'in', ['checking', 'running'])
    .where('hardware', 'in', serves)
    .where((where) =>
      where.or([
        where('leaseExpiresAt', '<', sql<Date>`now()`),
        where.and([sql<boolean>`id = ${rungId}::uuid`, where('leaseExpiresAt', 'is', null)]),
      ]),
    )
    .orderBy('queuedAt')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

async function lockQueued(trx: Queryable, serves: readonly Hardware[]): Promise<ClaimedRow | undefined> {
  for (const hardware of await listWaitedFor(trx, serves)) {
    const queued = await lockNextQueued(trx, hardware);
    if (queued) return queued;
  }
  return undefined;
}
