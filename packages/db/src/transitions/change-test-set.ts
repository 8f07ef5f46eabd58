import { HoldoutError, isFinalState, makeSentence, submissionStates } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { notifyPhase } from '../tables/board-statistics.js';
import { type Reevaluations, reevaluate } from './reevaluate.js';

interface TestSetChange {
  phaseId: string;
  toVersionId: string;
  actor: string;
  /** Why, in the organiser's words. */
  note: string | null;
}

/**
 * Prepares a phase to change to another version of its test set: what is scored on the old one is evaluated on it. The board
 * stays as it is until `switchTestSets` finds that all of that has ended. Write the reference entries of the new version
 * before this.
 *
 * @returns what to ring the bells for
 * @throws HoldoutError `test_set_invalid` where another change is under way
 */
export function prepareTestSetChange(db: Queryable, change: TestSetChange): Promise<Reevaluations> {
  const { phaseId, toVersionId, actor, note } = change;
  return db.transaction().execute(async (trx) => {
    const phase = await trx
      .selectFrom('phases')
      .innerJoin('testSetVersions', 'testSetVersions.id', 'phases.testSetVersionId')
      .select(['competitionId', 'phases.slug', 'testSetVersionId', 'nextTestSetVersionId', 'digest'])
      .where('phases.id', '=', phaseId)
      .forNoKeyUpdate('phases')
      .executeTakeFirstOrThrow();
    if (phase.testSetVersionId === toVersionId) return { rescored: [], rerun: [] };
    if (phase.nextTestSetVersionId !== null && phase.nextTestSetVersionId !== toVersionId) {
      throw new HoldoutError('test_set_invalid', { sentences: [makeSentence('phase_changing', {})] });
    }
    await trx.updateTable('phases').set({ nextTestSetVersionId: toVersionId }).where('id', '=', phaseId).execute();
    const { digest } = await trx
      .selectFrom('testSetVersions')
      .select('digest')
      .where('id', '=', toVersionId)
      .executeTakeFirstOrThrow();
    await insertAudit(trx, {
      actor,
      action: 'test-set.change',
      competitionId: phase.competitionId,
      subject: phase.slug,
      before: { version: phase.digest },
      after: { version: digest, note },
    });
    return await reevaluate(trx, { phaseId, fromVersionId: phase.testSetVersionId, toVersionId });
  });
}

/**
 * Switches every phase whose next version is ready, in one step each: the board that was read from the old version is
 * read from the new one. Old entries stay where they are.
 *
 * @returns the ids of the phases that were switched
 */
export async function switchTestSets(db: Queryable): Promise<string[]> {
  const waiting = await db.selectFrom('phases').select('id').where('nextTestSetVersionId', 'is not', null).execute();
  const switched: string[] = [];
  for (const { id } of waiting) if (await switchTestSet(db, id)) switched.push(id);
  return switched;
}

function switchTestSet(db: Queryable, phaseId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const phase = await trx
      .selectFrom('phases')
      .select('nextTestSetVersionId')
      .where('id', '=', phaseId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    if (phase.nextTestSetVersionId === null) return false;
    if (await hasUnfinished(trx, phaseId, phase.nextTestSetVersionId)) return false;
    await trx
      .updateTable('phases')
      .set({ testSetVersionId: phase.nextTestSetVersionId, nextTestSetVersionId: null })
      .where('id', '=', phaseId)
      .execute();
    // Of no evaluation: whoever follows the board reads it again.
    await notifyPhase(trx, phaseId);
    return true;
  });
}

async function hasUnfinished(trx: Queryable, phaseId: string, versionId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .select('evaluations.id')
    .where('evaluations.testSetVersionId', '=', versionId)
    .where('submissions.phaseId', '=', phaseId)
    .where('evaluations.reproduces', 'is', null)
    .where(
      'evaluations.state',
      'in',
      submissionStates.filter((state) => !isFinalState(state)),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
