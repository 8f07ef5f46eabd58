import type { MetricInterval, RankingRule, Score } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { countingOrder } from './counting-order.js';
import type { EntryRecord } from './entries.js';
import { standingOfRow } from './standings.js';

/** A board as it stood at a past moment. */
export interface PastBoard {
  /** Of the test-set version that the phase had then. */
  testSetDigest: string;
  studyTypes: string[];
  /** By which the phase ranked then. */
  ranking: RankingRule;
  entries: EntryRecord[];
}

/**
 * The entries of a phase as they stood at a moment: on the test-set version it had then, by the rules of then, from what
 * was scored and counted by then. It is worked out from the history, so no board has to be kept.
 *
 * @returns null where the phase was not there yet
 */
export async function readPastBoard(db: Queryable, phaseId: string, at: Date): Promise<PastBoard | null> {
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
  const [teams, references] = await Promise.all([
    listTeamEntries(db, { phaseId, versionId: version.id, rules, at }),
    listReferences(db, phaseId, version.id, at),
  ]);
  const ranking = { by: rules.metrics, ties: rules.ties };
  return { testSetDigest: version.digest, studyTypes: version.studyTypes, ranking, entries: [...teams, ...references] };
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

/** By the same rule as `countEntry`, but of all teams and as of then. */
async function listTeamEntries(db: Queryable, { phaseId, versionId, rules, at }: PastPlace): Promise<EntryRecord[]> {
  const rule = { counted: sql<string>`${rules.counted}::text`, metrics: sql<string[]>`${rules.metrics}::text[]` };
  const rows = await db
    .selectFrom('submissions')
    .innerJoin('teams', 'teams.id', 'submissions.teamId')
    .innerJoin('evaluations', 'evaluations.submissionId', 'submissions.id')
    .innerJoin('scores', 'scores.evaluationId', 'evaluations.id')
    .distinctOn('submissions.teamId')
    .select([
      'teams.name as team',
      'submissions.name',
      'submissions.engine',
      'submissions.link',
      'submissions.id as submissionId',
      'submissions.submittedAt',
      'scores.score',
      'evaluations.id as evaluationId',
      'evaluations.predictionsDigest',
      sql<MetricInterval | null>`scores.intervals #> '{overall,kappa,bootstrap}'`.as('kappaInterval'),
    ])
    .where('submissions.phaseId', '=', phaseId)
    .where('evaluations.testSetVersionId', '=', versionId)
    .where('evaluations.scoredAt', '<=', at)
    .where(standingOfRow(at), '=', 'counted')
    .where(sql<boolean>`(scores.released OR ${rules.revealed})`)
    .orderBy('submissions.teamId')
    .orderBy(countingOrder(rule, at))
    .execute();
  return rows.map((row) => ({ ...row, kind: 'team' }));
}

async function listReferences(db: Queryable, phaseId: string, versionId: string, at: Date): Promise<EntryRecord[]> {
  const rows = await db
    .selectFrom('entries')
    .select([
      'kind',
      sql<string>`reference_name`.as('name'),
      sql<Score>`reference_score`.as('score'),
      sql<MetricInterval | null>`reference_intervals #> '{overall,kappa,bootstrap}'`.as('kappaInterval'),
    ])
    .where('phaseId', '=', phaseId)
    .where('testSetVersionId', '=', versionId)
    .where('kind', '<>', 'team')
    .where('createdAt', '<=', at)
    .orderBy('referenceName')
    .execute();
  return rows.map((row) => ({
    ...row,
    team: null,
    engine: null,
    link: null,
    submissionId: null,
    submittedAt: null,
    evaluationId: null,
    predictionsDigest: null,
  }));
}
