import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { countingOrder, presentRule } from '../tables/counting-order.js';
import { standingOfRow } from '../tables/standings.js';

interface Place {
  phaseId: string;
  testSetVersionId: string;
  teamId: string;
}

/**
 * Makes a team's entry what it must be by the phase's rule, from everything of the team that is scored on this version
 * and counts: the best, the last that was submitted, or the best that it chose. Without any, there is no entry.
 * The caller's transaction holds the team's lock, so that two of these never race.
 */
export async function countEntry(trx: Queryable, place: Place): Promise<void> {
  const { phaseId, testSetVersionId, teamId } = place;
  const counted = await trx
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .innerJoin('evaluations', 'evaluations.submissionId', 'submissions.id')
    .innerJoin('scores', 'scores.evaluationId', 'evaluations.id')
    .select(['evaluations.id as evaluationId', 'submissions.submittedAt', rankingValues.as('rankingValues')])
    .where('submissions.phaseId', '=', phaseId)
    .where('submissions.teamId', '=', teamId)
    .where('evaluations.testSetVersionId', '=', testSetVersionId)
    .where('evaluations.reproduces', 'is', null)
    .where('evaluations.supersededAt', 'is', null)
    .where(standingOfRow(), '=', 'counted')
    .where(isReleased)
    .orderBy(countingOrder(presentRule))
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

/** What the ladder withholds is no entry before all is revealed. */
const isReleased = sql<boolean>`(scores.released OR phases.revealed_at IS NOT NULL)`;

const rankingValues = sql<number[]>`ranking_values(scores.score, phases.ranking_metrics)`;
