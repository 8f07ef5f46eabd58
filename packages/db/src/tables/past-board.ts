import type { MetricInterval, Score } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { EntryRecord } from './entries.js';
import { standingOfRow } from './standings.js';

/** A board as it stood at a past moment. */
export interface PastBoard {
  /** Of the test-set version that the phase had then. */
  testSetDigest: string;
  studyTypes: string[];
  entries: EntryRecord[];
}

/**
 * The entries of a phase as they stood at a moment: on the test-set version it had then, from what was scored and
 * counted by then. It is worked out from the history, so no board has to be kept.
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
  if (!version) return null;
  const [teams, references] = await Promise.all([
    listTeamEntries(db, phaseId, version.id, at),
    listReferences(db, phaseId, version.id, at),
  ]);
  return { testSetDigest: version.digest, studyTypes: version.studyTypes, entries: [...teams, ...references] };
}

/** By the same rule as `countEntry`, but of all teams and as of then. */
async function listTeamEntries(db: Queryable, phaseId: string, versionId: string, at: Date): Promise<EntryRecord[]> {
  const ranking = sql`(scores.score #>> ARRAY['overall', phases.ranking_metric, 'value'])::double precision`;
  const rows = await db
    .selectFrom('submissions')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
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
      sql<MetricInterval | null>`scores.intervals #> '{overall,kappa,bootstrap}'`.as('kappaInterval'),
    ])
    .where('submissions.phaseId', '=', phaseId)
    .where('evaluations.testSetVersionId', '=', versionId)
    .where('evaluations.reproduces', 'is', null)
    .where('evaluations.scoredAt', '<=', at)
    .where(standingOfRow(at), '=', 'counted')
    .orderBy('submissions.teamId')
    .orderBy(sql`CASE phases.counted WHEN 'last' THEN submissions.submitted_at END DESC NULLS LAST`)
    .orderBy(sql`${ranking} DESC NULLS LAST`)
    .orderBy('submissions.submittedAt')
    .orderBy('submissions.id')
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
  }));
}
