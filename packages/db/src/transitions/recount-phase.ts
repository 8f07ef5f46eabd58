import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { notifyPhase } from '../tables/board-statistics.js';
import { lockTeam } from '../tables/quotas.js';
import { countEntry } from './count-entry.js';

/**
 * Makes every entry of a phase anew by the rules that the phase has now, also on the version it is changing to. The
 * caller's transaction has changed the rules.
 */
export async function recountPhase(trx: Queryable, phaseId: string): Promise<void> {
  const { testSetVersionId, nextTestSetVersionId } = await trx
    .selectFrom('phases')
    .select(['testSetVersionId', 'nextTestSetVersionId'])
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const teams = await trx
    .selectFrom('submissions')
    .select('teamId')
    .distinct()
    .where('phaseId', '=', phaseId)
    .orderBy('teamId')
    .execute();
  for (const { teamId } of teams) {
    await lockTeam(trx, teamId);
    for (const versionId of [testSetVersionId, nextTestSetVersionId]) {
      if (versionId !== null) await countEntry(trx, { phaseId, testSetVersionId: versionId, teamId });
    }
  }
  await sql`UPDATE entries
    SET ranking_values = ranking_values(reference_score, ranking_metrics)
    FROM phases WHERE phases.id = entries.phase_id AND phases.id = ${phaseId} AND kind <> 'team'`.execute(trx);
  await notifyPhase(trx, phaseId);
}

/**
 * Lets what the ladder withheld into the boards of the phases that have become final.
 *
 * @returns the ids of those phases
 */
export async function revealFinalPhases(db: Queryable): Promise<string[]> {
  const due = await db
    .selectFrom('phases')
    .select('id')
    .where('finalAt', '<=', sql<Date>`now()`)
    .where('revealedAt', 'is', null)
    .execute();
  const revealed: string[] = [];
  for (const { id } of due) {
    const isFirst = await db.transaction().execute(async (trx) => {
      const updated = await trx
        .updateTable('phases')
        .set({ revealedAt: sql<Date>`now()` })
        .where('id', '=', id)
        .where('revealedAt', 'is', null)
        .executeTakeFirst();
      if (updated.numUpdatedRows === 0n) return false;
      await recountPhase(trx, id);
      return true;
    });
    if (isFirst) revealed.push(id);
  }
  return revealed;
}
