import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { type BoardPage, type PlacedEntries, readPlacedEntries } from './placed-entries.js';
import { standingOfRow } from './standings.js';

/** A board as it stood at a past moment. */
export interface PastBoard extends PlacedEntries {
  /** Of the test-set version that the phase had then. */
  testSetDigest: string;
  studyTypes: string[];
}

/**
 * The entries of a phase as they stood at a moment: on the test-set version it had then, from what was scored and
 * counted by then. It is worked out from the history, so no board has to be kept.
 *
 * @returns null where the phase was not there yet
 */
export async function readPastBoard(
  db: Queryable,
  phaseId: string,
  at: Date,
  page?: BoardPage,
): Promise<PastBoard | null> {
  const version = await db
    .selectFrom('phaseTestSets')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'phaseTestSets.testSetVersionId')
    .select(['testSetVersions.id', 'testSetVersions.digest', 'testSetVersions.studyTypes'])
    .where('phaseId', '=', phaseId)
    .where('currentFrom', '<=', at)
    .orderBy('phaseTestSets.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!version) return null;
  const placed = placePastEntries(phaseId, version.id, at);
  const board = await readPlacedEntries(db, { placed, costly: true, page });
  return { testSetDigest: version.digest, studyTypes: version.studyTypes, ...board };
}

/** What stood in `entries` then: of each team by the same rule as `countEntry`, but as of then. */
function placePastEntries(phaseId: string, versionId: string, at: Date): RawBuilder<unknown> {
  return sql`
    SELECT * FROM (
      SELECT DISTINCT ON (submissions.team_id)
        submissions.id, 'team' AS kind, submissions.team_id, evaluations.id AS evaluation_id,
        NULL AS reference_name, NULL::jsonb AS reference_score, NULL::jsonb AS reference_intervals,
        (scores.score #>> ARRAY['overall', phases.ranking_metric, 'value'])::double precision AS ranking_value,
        submissions.submitted_at
      FROM evaluations
      JOIN submissions ON submissions.id = evaluations.submission_id
      JOIN phases ON phases.id = submissions.phase_id
      JOIN scores ON scores.evaluation_id = evaluations.id
      WHERE evaluations.test_set_version_id = ${versionId} AND evaluations.state = 'scored'
        AND evaluations.scored_at <= ${at} AND submissions.phase_id = ${phaseId}
        AND ${standingOfRow(at)} = 'counted'
      ORDER BY submissions.team_id,
        CASE phases.counted WHEN 'last' THEN submissions.submitted_at END DESC NULLS LAST,
        ranking_value DESC NULLS LAST, submissions.submitted_at, submissions.id
    ) counted
    UNION ALL
    SELECT id, kind, team_id, evaluation_id, reference_name, reference_score, reference_intervals, ranking_value,
      submitted_at
    FROM entries
    WHERE phase_id = ${phaseId} AND test_set_version_id = ${versionId} AND kind <> 'team' AND created_at <= ${at}`;
}
