import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { insertEvents } from '../tables/evaluation-events.js';
import { notifyChange } from './notify-change.js';

interface NewPredictions {
  phaseId: string;
  teamId: string;
  name: string;
  description: string | null;
  link: string | null;
  /** When it was submitted elsewhere; now where it is left out. */
  submittedAt?: Date | undefined;
  /** The predictions' name in storage; they were checked against the version of now. */
  predictionsDigest: string;
  testSetVersionId: string;
  actor: string;
}

/**
 * Enters predictions that an organiser has, as a submission without a bundle: its evaluation begins at `scoring`. It
 * counts against no quota. Ring the bell for scoring after this returns.
 */
export function insertPredictions(
  db: Queryable,
  { predictionsDigest, testSetVersionId, actor, submittedAt, ...submission }: NewPredictions,
): Promise<{ submissionId: string; evaluationId: string }> {
  return db.transaction().execute(async (trx) => {
    const { id: submissionId } = await trx
      .insertInto('submissions')
      .values({ ...submission, ...(submittedAt === undefined ? {} : { submittedAt }) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: evaluationId } = await trx
      .insertInto('evaluations')
      .values({ submissionId, testSetVersionId, state: 'scoring', predictionsDigest, scoringAt: sql<Date>`now()` })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { competitionId } = await trx
      .selectFrom('phases')
      .select('competitionId')
      .where('id', '=', submission.phaseId)
      .executeTakeFirstOrThrow();
    const after = { name: submission.name, teamId: submission.teamId, predictionsDigest };
    await insertAudit(trx, {
      actor,
      action: 'predictions.import',
      competitionId,
      subject: submissionId,
      before: null,
      after,
    });
    await insertEvents(trx, evaluationId, [{ kind: 'state', data: { state: 'scoring', reason: null } }]);
    await notifyChange(trx, evaluationId);
    return { submissionId, evaluationId };
  });
}
