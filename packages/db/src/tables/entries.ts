import {
  isFinalState,
  type MetricInterval,
  type MetricName,
  type ResolvedManifest,
  type Score,
  type ScoreIntervals,
  submissionStates,
} from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

export interface EntryRecord {
  kind: 'team' | 'reader' | 'baseline';
  /** null for reference entries, as are engine, link, submission and its time. */
  team: string | null;
  /** The submission's name, or the reference entry's. */
  name: string;
  engine: ResolvedManifest['engine'] | null;
  link: string | null;
  submissionId: string | null;
  submittedAt: Date | null;
  score: Score;
  /** Of the overall kappa, by resampling; null where it was never computed. */
  kappaInterval: MetricInterval | null;
  /** null for reference entries. */
  evaluationId: string | null;
}

export interface LeaderboardRecord {
  /** By the phase's ranking metric, highest first, undefined last; then the earlier submission first. */
  entries: EntryRecord[];
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
): Promise<LeaderboardRecord> {
  const entries = await db
    .selectFrom('entries')
    .innerJoin('phases', 'phases.id', 'entries.phaseId')
    .leftJoin('teams', 'teams.id', 'entries.teamId')
    .leftJoin('evaluations', 'evaluations.id', 'entries.evaluationId')
    .leftJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .leftJoin('scores', 'scores.evaluationId', 'entries.evaluationId')
    .select([
      'entries.kind',
      'teams.name as team',
      sql<string>`coalesce(submissions.name, entries.reference_name)`.as('name'),
      'submissions.engine',
      'submissions.link',
      'submissions.id as submissionId',
      'entries.submittedAt',
      'entries.evaluationId',
      sql<Score>`coalesce(scores.score, entries.reference_score)`.as('score'),
      sql<MetricInterval | null>`coalesce(scores.intervals, entries.reference_intervals)
        #> '{overall,kappa,bootstrap}'`.as('kappaInterval'),
    ])
    .where('entries.phaseId', '=', phaseId)
    .$if(testSetVersionId === undefined, (query) =>
      query.whereRef('entries.testSetVersionId', '=', 'phases.testSetVersionId'),
    )
    .$if(testSetVersionId !== undefined, (query) =>
      query.where('entries.testSetVersionId', '=', testSetVersionId ?? ''),
    )
    .orderBy('entries.rankingValue', (order) => order.desc().nullsLast())
    .orderBy('entries.submittedAt', (order) => order.asc().nullsLast())
    .orderBy('entries.id')
    .execute();
  return { entries, waiting: await countWaiting(db, phaseId) };
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
    .select(['testSetVersionId', 'rankingMetric'])
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const { testSetVersionId = phase.testSetVersionId } = version;
  const result = {
    referenceScore: JSON.stringify(score),
    referenceIntervals: intervals && JSON.stringify(intervals),
    rankingValue: readMetric(score, phase.rankingMetric),
  };
  await db
    .insertInto('entries')
    .values({ phaseId, testSetVersionId, kind, referenceName: name, ...result })
    .onConflict((conflict) =>
      conflict.columns(['phaseId', 'testSetVersionId', 'kind', 'referenceName']).doUpdateSet(result),
    )
    .execute();
}

/** The value that a phase ranks by; null where it is undefined. */
function readMetric(score: Score, metric: MetricName): number | null {
  return score.overall[metric].value;
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
