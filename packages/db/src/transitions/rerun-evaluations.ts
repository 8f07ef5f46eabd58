import { finalStates, submissionStates } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { insertEvents } from '../tables/evaluation-events.js';
import { notifyChange } from './notify-change.js';

/** Which of a phase's submissions are run anew: one, those on the board, those that failed by our fault, or all. */
export type RerunChoice = { submissionId: string } | 'entries' | 'failed' | 'all';

interface Rerun {
  phaseId: string;
  which: RerunChoice;
  actor: string;
}

/**
 * Gives submissions a new evaluation on the phase's present version of the test set, `queued`. What they have stays on the
 * board until the new one is scored; one that failed is replaced at once. What has not ended, has no bundle, or was
 * rejected or cancelled where it was not asked for by its id, is passed over. Ring the bells after this returns.
 *
 * @returns the new evaluations' ids
 */
export function rerunEvaluations(db: Queryable, { phaseId, which, actor }: Rerun): Promise<string[]> {
  const one = typeof which === 'object' ? which.submissionId : null;
  const states = which === 'failed' ? ['failed'] : one === null ? ['scored', 'failed'] : [...finalStates];
  return db.transaction().execute(async (trx) => {
    const phase = await trx
      .selectFrom('phases')
      .select(['competitionId', 'slug', 'testSetVersionId'])
      .where('id', '=', phaseId)
      .forShare()
      .executeTakeFirstOrThrow();
    const { rows } = await sql<{ id: string; replaces: string }>`
      INSERT INTO evaluations (submission_id, test_set_version_id, replaces)
      SELECT DISTINCT ON (old.submission_id) old.submission_id, old.test_set_version_id, old.id
      FROM evaluations old JOIN submissions ON submissions.id = old.submission_id
      WHERE submissions.phase_id = ${phaseId} AND old.test_set_version_id = ${phase.testSetVersionId}
        AND old.reproduces IS NULL AND old.superseded_at IS NULL AND submissions.bundle_digest IS NOT NULL
        AND (${one}::uuid IS NULL OR submissions.id = ${one}::uuid)
        AND old.state = ANY(${states})
        AND (${which !== 'entries'} OR EXISTS (SELECT FROM entries WHERE entries.evaluation_id = old.id))
        AND NOT EXISTS (SELECT FROM evaluations other WHERE other.submission_id = old.submission_id
          AND other.test_set_version_id = old.test_set_version_id AND other.reproduces IS NULL
          AND other.state = ANY(${underWay}))
      ORDER BY old.submission_id, old.state = 'scored' DESC, old.queued_at DESC
      ON CONFLICT DO NOTHING
      RETURNING id, replaces`.execute(trx);
    if (rows.length === 0) return [];
    // What has no score has nothing to stay on a board for.
    await sql`UPDATE evaluations SET superseded_at = now()
      WHERE id = ANY(${rows.map(({ replaces }) => replaces)}) AND state <> 'scored'`.execute(trx);
    const ids = rows.map(({ id }) => id);
    await insertAudit(trx, {
      actor,
      action: 'evaluation.rerun',
      competitionId: phase.competitionId,
      subject: one ?? phase.slug,
      before: { evaluations: rows.map(({ replaces }) => replaces) },
      after: { evaluations: ids },
    });
    for (const id of ids) {
      await insertEvents(trx, id, [{ kind: 'state', data: { state: 'queued', reason: null } }]);
      await notifyChange(trx, id);
    }
    return ids;
  });
}

const underWay = submissionStates.filter((state) => !finalStates.includes(state));
