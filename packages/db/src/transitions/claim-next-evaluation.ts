import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { type ClaimedRow, claimedColumns, listWaitedFor, lockNextQueued } from '../tables/queue-order.js';
import { mayClaim } from '../tables/workers.js';
import { type ClaimOptions, claimLocked, type EvaluationClaim } from './claim-evaluation.js';

interface NextClaimOptions extends Omit<ClaimOptions, 'evaluationId'> {
  /** The classes that the worker serves; of two that are waited for with equal priority, the first one comes first. */
  serves: readonly Hardware[];
}

/**
 * Claims what is next: an evaluation whose worker was lost or handed it back, which has had its turn, or else the first
 * that is queued.
 *
 * @returns null where nothing waits for this worker, or it is paused or draining
 */
export async function claimNextEvaluation(db: Queryable, options: NextClaimOptions): Promise<EvaluationClaim | null> {
  const { serves, ...claimOptions } = options;
  return db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, options.owner))) return null;
    for (;;) {
      const free = (await lockUnheld(trx, serves)) ?? (await lockQueued(trx, serves));
      if (!free) return null;
      const claim = await claimLocked(trx, free, claimOptions);
      // Without one its attempts were spent; it has ended, and the next one is looked for.
      if (claim) return claim;
    }
  });
}

/** What was begun and is held by nobody, unless it was handed back until a later moment. */
async function lockUnheld(trx: Queryable, serves: readonly Hardware[]): Promise<ClaimedRow | undefined> {
  return await trx
    .selectFrom('evaluations')
    .select(claimedColumns)
    .where('state', 'in', ['checking', 'running'])
    .where('hardware', 'in', serves)
    .where((where) => where.or([where('leaseExpiresAt', 'is', null), where('leaseExpiresAt', '<', sql<Date>`now()`)]))
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
