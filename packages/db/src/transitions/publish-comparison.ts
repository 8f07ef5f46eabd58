import type { PredictionComparison } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { changeState } from './change-state.js';

interface Publication {
  /** The reproduction. */
  evaluationId: string;
  leaseToken: number;
  comparison: PredictionComparison;
}

/**
 * scoring → scored, of a reproduction: what came of it, in its row and in the audit log. No score and no entry is
 * written, and none is looked at.
 *
 * @returns false where the lease is lost or the reproduction has ended; nothing was written
 */
export function publishComparison(db: Queryable, publication: Publication): Promise<boolean> {
  const { evaluationId, leaseToken, comparison } = publication;
  return db.transaction().execute(async (trx) => {
    const written = await trx
      .updateTable('evaluations')
      .set({ comparison: JSON.stringify(comparison) })
      .where('id', '=', evaluationId)
      .where('state', '=', 'scoring')
      .where('leaseToken', '=', leaseToken)
      .where('leaseOwner', 'is not', null)
      .executeTakeFirst();
    if (written.numUpdatedRows === 0n) return false;
    if (!(await changeState(trx, 'scored', { evaluationId, leaseToken }))) {
      throw new Error(`Evaluation ${evaluationId} changed its state while its row was locked.`);
    }
    // In the name of the organiser who asked for it.
    const asked = await trx
      .selectFrom('auditLog')
      .select(['actor', 'competitionId', 'subject'])
      .where('action', '=', 'evaluation.reproduce')
      .where(sql<string>`after ->> 'reproductionId'`, '=', evaluationId)
      .executeTakeFirstOrThrow();
    const outcome = { before: null, after: { reproductionId: evaluationId, ...comparison } };
    await insertAudit(trx, { ...asked, action: 'evaluation.reproduced', ...outcome });
    return true;
  });
}
