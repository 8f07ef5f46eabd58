import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** What decides whether a new score is released. */
export type LadderPlace =
  /** The phase releases every score, or has decided about this submission before. */
  | { decided: true }
  | { decided: false }
  /** The team's best released score on this version; null where this is its first. */
  | { decided: null; best: { evaluationId: string; predictionsDigest: string } | null };

/** Reads where an evaluation stands on its phase's ladder. Once decided, a submission stays so on later versions. */
export async function readLadder(db: Queryable, evaluationId: string): Promise<LadderPlace> {
  const { phaseId, teamId, testSetVersionId, release, isRevealed, releasedBefore } = await db
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select([
      'submissions.phaseId',
      'submissions.teamId',
      'evaluations.testSetVersionId',
      'phases.release',
      selectReleasedBefore.as('releasedBefore'),
      sql<boolean>`phases.revealed_at IS NOT NULL`.as('isRevealed'),
    ])
    .where('evaluations.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  if (releasedBefore !== null) return { decided: releasedBefore };
  if (release === 'exact' || isRevealed) return { decided: true };
  return { decided: null, best: (await findBestReleased(db, { phaseId, teamId, testSetVersionId })) ?? null };
}

/** Of the submission's first score; null where it has none. */
const selectReleasedBefore = sql<boolean | null>`(
  SELECT scores.released FROM evaluations earlier JOIN scores ON scores.evaluation_id = earlier.id
  WHERE earlier.submission_id = submissions.id ORDER BY scores.created_at LIMIT 1)`;

interface Place {
  phaseId: string;
  teamId: string;
  testSetVersionId: string;
}

/** The team's released score with the greatest kappa; among equals the earlier. */
export async function findBestReleased(db: Queryable, { phaseId, teamId, testSetVersionId }: Place) {
  const best = await db
    .selectFrom('submissions')
    .innerJoin('evaluations', 'evaluations.submissionId', 'submissions.id')
    .innerJoin('scores', 'scores.evaluationId', 'evaluations.id')
    .select(['evaluations.id as evaluationId', 'evaluations.predictionsDigest'])
    .where('submissions.phaseId', '=', phaseId)
    .where('submissions.teamId', '=', teamId)
    .where('evaluations.testSetVersionId', '=', testSetVersionId)
    .where('scores.released', '=', true)
    .where('evaluations.supersededAt', 'is', null)
    .orderBy(sql`(scores.score #>> '{overall,kappa,value}')::double precision DESC NULLS LAST`)
    .orderBy('submissions.submittedAt')
    .orderBy('submissions.id')
    .limit(1)
    .executeTakeFirst();
  if (!best) return undefined;
  const { evaluationId, predictionsDigest } = best;
  if (predictionsDigest === null) throw new Error(`Evaluation ${evaluationId} is scored without predictions.`);
  return { evaluationId, predictionsDigest };
}
