import type { Hardware } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** Evaluations that nobody works on: their bell was not rung, was not heard, or their worker was lost. */
export interface ForgottenEvaluations {
  /** Ring the evaluating workers for these. */
  evaluating: string[];
  /** Ring the scoring workers for these. */
  scoring: string[];
}

/**
 * Finds the ids of evaluations that have waited without a worker for longer than `olderThanSeconds`, or whose lease
 * has expired or was handed back; the oldest first. Ringing for one that is not forgotten after all does no harm.
 */
export async function listForgotten(
  db: Queryable,
  { olderThanSeconds, limit = 1000 }: { olderThanSeconds: number; limit?: number },
): Promise<ForgottenEvaluations> {
  const longAgo = sql<Date>`now() - make_interval(secs => ${olderThanSeconds})`;
  const rows = await db
    .selectFrom('evaluations')
    .select(['id', 'state'])
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'queued'), where('queuedAt', '<=', longAgo)]),
        where.and([
          where('state', 'in', ['checking', 'running']),
          where.or([where('leaseExpiresAt', 'is', null), where('leaseExpiresAt', '<', sql<Date>`now()`)]),
        ]),
        where.and([
          where('state', '=', 'scoring'),
          where.or([
            where.and([where('leaseExpiresAt', 'is', null), where('scoringAt', '<=', longAgo)]),
            where('leaseExpiresAt', '<', sql<Date>`now()`),
          ]),
        ]),
      ]),
    )
    // What was begun comes first: however many wait, it is rung for.
    .orderBy(sql`state = 'queued'`)
    .orderBy('queuedAt')
    .limit(limit)
    .execute();
  return {
    evaluating: rows.filter((row) => row.state !== 'scoring').map((row) => row.id),
    scoring: rows.filter((row) => row.state === 'scoring').map((row) => row.id),
  };
}

/** Which hardware some evaluations need, by their ids; what is not there is left out. */
export async function readHardware(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, Hardware>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('evaluations').select(['id', 'hardware']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, hardware }) => [id, hardware]));
}

/** Whose an evaluation is; null where there is none. */
export async function findEvaluationOwner(
  db: Queryable,
  evaluationId: string,
): Promise<{ teamId: string; competitionId: string } | null> {
  const row = await db
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['submissions.teamId', 'phases.competitionId'])
    .where('evaluations.id', '=', evaluationId)
    .executeTakeFirst();
  return row ?? null;
}
