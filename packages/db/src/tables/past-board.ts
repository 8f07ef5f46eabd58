import type { RankingRule } from '@holdout/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { countingOrder } from './counting-order.js';
import { type BoardPage, type PlacedEntries, readPlacedEntries } from './placed-entries.js';
import { standingOfRow } from './standings.js';

/** A board as it stood at a past moment. */
export interface PastBoard extends PlacedEntries {
  /** Of the test-set version that the phase had then. */
  testSetDigest: string;
  studyTypes: string[];
  /** By which the phase ranked then. */
  ranking: RankingRule;
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
  const rules = await readPastRules(db, phaseId, at);
  if (!version || !rules) return null;
  const placed = placePastEntries({ phaseId, versionId: version.id, rules, at });
  const ties = sql<string>`${rules.ties}::text`;
  const board = await readPlacedEntries(db, { placed, ties, costly: true, page });
  const ranking = { by: rules.metrics, ties: rules.ties };
  return { testSetDigest: version.digest, studyTypes: version.studyTypes, ranking, ...board };
}

interface PastRules {
  counted: string;
  metrics: RankingRule['by'];
  ties: RankingRule['ties'];
  /** Whether the ladder had let go. */
  revealed: boolean;
}

async function readPastRules(db: Queryable, phaseId: string, at: Date): Promise<PastRules | undefined> {
  const { rows } = await sql<PastRules>`
    SELECT phase ->> 'counted' AS counted, phase -> 'ranking_metrics' AS metrics, phase ->> 'ties' AS ties,
      phase ->> 'revealed_at' IS NOT NULL AS revealed
    FROM phase_history WHERE phase_id = ${phaseId} AND at <= ${at} ORDER BY id DESC LIMIT 1`.execute(db);
  return rows[0];
}

interface PastPlace {
  phaseId: string;
  versionId: string;
  rules: PastRules;
  at: Date;
}

/** What stood in `entries` then: of each team by the same rule as `countEntry`, but as of then. */
function placePastEntries({ phaseId, versionId, rules, at }: PastPlace): RawBuilder<unknown> {
  const metrics = sql<string[]>`${rules.metrics}::text[]`;
  const rule = { counted: sql<string>`${rules.counted}::text`, metrics };
  return sql`
    SELECT * FROM (
      SELECT DISTINCT ON (team_then.id)
        submissions.id, 'team' AS kind, team_then.id AS team_id, evaluations.id AS evaluation_id,
        NULL AS reference_name, NULL::jsonb AS reference_score, NULL::jsonb AS reference_intervals,
        ranking_values(scores.score, ${metrics}) AS ranking_values, submissions.submitted_at
      FROM evaluations
      JOIN submissions ON submissions.id = evaluations.submission_id
      JOIN scores ON scores.evaluation_id = evaluations.id
      CROSS JOIN LATERAL (SELECT ${teamAt(at)} AS id) team_then
      WHERE evaluations.test_set_version_id = ${versionId} AND evaluations.state = 'scored'
        AND evaluations.scored_at <= ${at} AND submissions.phase_id = ${phaseId}
        AND (evaluations.superseded_at IS NULL OR evaluations.superseded_at > ${at})
        AND ${standingOfRow(at)} = 'counted' AND (scores.released OR ${rules.revealed})
      ORDER BY team_then.id, ${countingOrder(rule, at)}
    ) counted
    UNION ALL
    SELECT id, kind, team_id, evaluation_id, reference_name, reference_score, reference_intervals,
      ranking_values(reference_score, ${metrics}), submitted_at
    FROM entries
    WHERE phase_id = ${phaseId} AND test_set_version_id = ${versionId} AND kind <> 'team' AND created_at <= ${at}`;
}

/** The team of a submission as it was then: where teams were merged after that, the one before. */
function teamAt(at: Date): RawBuilder<string> {
  return sql<string>`coalesce((
    SELECT from_team_id FROM submission_moves
    WHERE submission_moves.submission_id = submissions.id AND submission_moves.at > ${at}
    ORDER BY submission_moves.id LIMIT 1), submissions.team_id)`;
}
