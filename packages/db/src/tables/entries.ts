import { isFinalState, type Score, type ScoreIntervals, submissionStates } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { type BoardPage, type PlacedEntries, readPlacedEntries } from './placed-entries.js';

export interface LeaderboardRecord extends PlacedEntries {
  /** Submissions of the phase that have not ended. */
  waiting: number;
}

/**
 * The entries of a phase on its current test-set version, or on another, in order; ranks are for `scoring` to give.
 */
export async function readLeaderboard(
  db: Queryable,
  phaseId: string,
  testSetVersionId?: string,
  page?: BoardPage,
): Promise<LeaderboardRecord> {
  const versionId =
    testSetVersionId === undefined
      ? sql`(SELECT test_set_version_id FROM phases WHERE id = ${phaseId})`
      : sql`${testSetVersionId}`;
  const placed = sql`SELECT * FROM entries WHERE phase_id = ${phaseId} AND test_set_version_id = ${versionId}`;
  const ties = sql<string>`(SELECT ties FROM phases WHERE id = ${phaseId})`;
  const board = await readPlacedEntries(db, { placed, ties, costly: false, page });
  return { ...board, waiting: await countWaiting(db, phaseId) };
}

interface ReferenceEntry {
  phaseId: string;
  /** The phase's current one where it is left out. */
  testSetVersionId?: string;
  kind: 'reader' | 'baseline';
  name: string;
  score: Score;
  /** null where they were not worked out. */
  intervals?: ScoreIntervals | null;
}

/** Writes a reference entry, in place of one of the same kind and name. */
export async function upsertReferenceEntry(
  db: Queryable,
  { phaseId, kind, name, score, intervals = null, ...version }: ReferenceEntry,
): Promise<void> {
  const phase = await db
    .selectFrom('phases')
    .select(['testSetVersionId', 'rankingMetrics'])
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const { testSetVersionId = phase.testSetVersionId } = version;
  const result = {
    referenceScore: JSON.stringify(score),
    referenceIntervals: intervals && JSON.stringify(intervals),
    rankingValues: phase.rankingMetrics.map((metric) => score.overall[metric].value ?? Number.NEGATIVE_INFINITY),
  };
  await db
    .insertInto('entries')
    .values({ phaseId, testSetVersionId, kind, referenceName: name, ...result })
    .onConflict((conflict) =>
      conflict.columns(['phaseId', 'testSetVersionId', 'kind', 'referenceName']).doUpdateSet(result),
    )
    .execute();
}

async function countWaiting(db: Queryable, phaseId: string): Promise<number> {
  const unfinished = submissionStates.filter((state) => !isFinalState(state));
  const { waiting } = await db
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .select(sql<number>`count(*)::integer`.as('waiting'))
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .where('submissions.phaseId', '=', phaseId)
    // What is done again for another version waits for nobody.
    .whereRef('evaluations.testSetVersionId', 'is not distinct from', 'phases.testSetVersionId')
    .where('evaluations.rescoredFrom', 'is', null)
    .where('evaluations.reproduces', 'is', null)
    .where('evaluations.state', 'in', unfinished)
    .executeTakeFirstOrThrow();
  return waiting;
}
