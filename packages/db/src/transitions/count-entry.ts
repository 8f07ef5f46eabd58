import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { standingOfRow } from '../tables/standings.js';

interface Place {
  phaseId: string;
  testSetVersionId: string;
  teamId: string;
}

/**
 * Makes a team's entry what it must be by the phase's rule, from everything of the team that is scored on this version
 * and counts: the best (among equals the earlier), or the last that was submitted. Without any, there is no entry.
 * The caller's transaction holds the team's lock, so that two of these never race.
 */
export async function countEntry(trx: Queryable, place: Place): Promise<void> {
  const { phaseId, testSetVersionId, teamId } = place;
  const counted = await trx
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .innerJoin('evaluations', 'evaluations.submissionId', 'submissions.id')
    .innerJoin('scores', 'scores.evaluationId', 'evaluations.id')
    .select(['evaluations.id as evaluationId', 'submissions.submittedAt', rankingValue.as('rankingValue')])
    .where('submissions.phaseId', '=', phaseId)
    .where('submissions.teamId', '=', teamId)
    .where('evaluations.testSetVersionId', '=', testSetVersionId)
    .where('evaluations.reproduces', 'is', null)
    .where(standingOfRow(), '=', 'counted')
    .orderBy(sql`CASE phases.counted WHEN 'last' THEN submissions.submitted_at END DESC NULLS LAST`)
    .orderBy(sql`${rankingValue} DESC NULLS LAST`)
    .orderBy('submissions.submittedAt')
    .orderBy('submissions.id')
    .limit(1)
    .executeTakeFirst();
  const entry = trx.deleteFrom('entries').where('phaseId', '=', phaseId).where('teamId', '=', teamId);
  if (!counted) {
    await entry.where('testSetVersionId', '=', testSetVersionId).execute();
    return;
  }
  await trx
    .insertInto('entries')
    .values({ ...place, ...counted, kind: 'team' })
    .onConflict((conflict) => conflict.columns(['phaseId', 'testSetVersionId', 'teamId']).doUpdateSet(counted))
    .execute();
}

/** What the phase ranks by; null where it is undefined. */
const rankingValue = sql<
  number | null
>`(scores.score #>> ARRAY['overall', phases.ranking_metric, 'value'])::double precision`;
