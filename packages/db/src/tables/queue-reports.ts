import type { SubmissionState, WorkerKind } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** What waits for a kind of worker, and what is under way. */
export interface QueueRecord {
  kind: WorkerKind;
  waiting: number;
  oldestSince: Date | null;
  underWay: number;
  retried: number;
  mostAttempts: number;
  stuck: StuckRecord[];
}

interface StuckRecord {
  evaluationId: string;
  submissionId: string;
  competition: string;
  name: string;
  state: SubmissionState;
  attempts: number;
  since: Date;
}

/** The evaluations that have not ended: for which kind of worker each is, and whether one holds it. */
const unended = sql`
  SELECT evaluations.*, kind, held, CASE kind WHEN 'scoring' THEN scoring_attempts ELSE attempts END AS tries,
    state = 'queued' OR (state = 'scoring' AND lease_expires_at IS NULL AND scoring_attempts = 0) AS waits,
    coalesce(scoring_at, running_at, checking_at, queued_at) AS since
  FROM evaluations,
    LATERAL (SELECT CASE state WHEN 'scoring' THEN 'scoring' ELSE 'evaluating' END AS kind,
      coalesce(lease_expires_at >= now(), false) AS held) AS each
  WHERE state IN ('queued', 'checking', 'running', 'scoring')`;

/** Both queues, as Postgres knows them: the bells that were rung say nothing of what there is to do. */
export async function readQueues(db: Queryable): Promise<QueueRecord[]> {
  const { rows } = await sql<Omit<QueueRecord, 'stuck'>>`
    SELECT kinds.kind, count(id) FILTER (WHERE waits)::integer AS waiting,
      min(since) FILTER (WHERE waits) AS "oldestSince", count(id) FILTER (WHERE held)::integer AS "underWay",
      count(id) FILTER (WHERE tries > 1)::integer AS retried, coalesce(max(tries), 0)::integer AS "mostAttempts"
    FROM (VALUES (1, 'evaluating'), (2, 'scoring')) AS kinds (place, kind)
    LEFT JOIN (${unended}) unended ON unended.kind = kinds.kind
    GROUP BY kinds.place, kinds.kind ORDER BY kinds.place`.execute(db);
  const stuck = await sql<StuckRecord & { kind: WorkerKind }>`
    SELECT unended.kind, unended.id AS "evaluationId", submissions.id AS "submissionId", competitions.slug AS competition,
      submissions.name, unended.state, unended.tries AS attempts, unended.since
    FROM (${unended}) unended
    JOIN submissions ON submissions.id = unended.submission_id
    JOIN phases ON phases.id = submissions.phase_id
    JOIN competitions ON competitions.id = phases.competition_id
    WHERE NOT waits AND NOT held
    ORDER BY unended.since LIMIT 100`.execute(db);
  return rows.map((queue) => ({ ...queue, stuck: stuck.rows.filter(({ kind }) => kind === queue.kind) }));
}
