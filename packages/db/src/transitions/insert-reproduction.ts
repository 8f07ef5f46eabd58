import { HoldoutError } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { insertEvents } from '../tables/evaluation-events.js';

/**
 * Gives a scored evaluation a reproduction, `queued`: the same bundle on the same version of the test set, once more.
 * While one is under way it is that one. Ring the bell for the evaluation after this returns.
 *
 * @returns the reproduction's id
 * @throws HoldoutError `evaluation_not_found`, `submission_not_scored`, `submission_without_bundle`
 */
export function insertReproduction(
  db: Queryable,
  { evaluationId, actor }: { evaluationId: string; actor: string },
): Promise<string> {
  return db.transaction().execute(async (trx) => {
    const original = await lockOriginal(trx, evaluationId);
    const underWay = await findUnderWay(trx, evaluationId);
    if (underWay !== null) return underWay;
    const { submissionId, testSetVersionId, competitionId, predictionsDigest } = original;
    const { id } = await trx
      .insertInto('evaluations')
      .values({ submissionId, testSetVersionId, reproduces: evaluationId })
      .returning('id')
      .executeTakeFirstOrThrow();
    await insertAudit(trx, {
      actor,
      action: 'evaluation.reproduce',
      competitionId,
      subject: submissionId,
      before: { evaluationId, predictionsDigest },
      after: { reproductionId: id },
    });
    await insertEvents(trx, id, [{ kind: 'state', data: { state: 'queued', reason: null } }]);
    return id;
  });
}

/** The lock lets two organisers who ask at the same moment get the same reproduction. */
async function lockOriginal(trx: Queryable, evaluationId: string) {
  const original = await trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['submissionId', 'evaluations.testSetVersionId', 'state', 'predictionsDigest', 'bundleDigest'])
    .select('competitionId')
    .where('evaluations.id', '=', evaluationId)
    .where('reproduces', 'is', null)
    .forUpdate('evaluations')
    .executeTakeFirst();
  if (!original) throw new HoldoutError('evaluation_not_found');
  if (original.bundleDigest === null) throw new HoldoutError('submission_without_bundle');
  if (original.state !== 'scored') {
    throw new HoldoutError('submission_not_scored', { detail: `It is ${original.state}.` });
  }
  return original;
}

async function findUnderWay(trx: Queryable, evaluationId: string): Promise<string | null> {
  const row = await trx
    .selectFrom('evaluations')
    .select('id')
    .where('reproduces', '=', evaluationId)
    .where('state', 'in', ['queued', 'checking', 'running', 'scoring'])
    .executeTakeFirst();
  return row?.id ?? null;
}
