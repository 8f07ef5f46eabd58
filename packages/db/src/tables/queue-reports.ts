import type { Hardware, SubmissionState, WorkerKind } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { isAlive } from './workers.js';

/** What waits for a kind of worker, and what is under way. */
export interface QueueRecord {
  kind: WorkerKind;
  /** For which class; null for scoring, which any machine does. */
  hardware: Hardware | null;
  /** Living workers of this kind that serve it and take new work. */
  workers: number;
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

/** The evaluations that have not ended: for which queue each is, and whether a worker holds it. */
const unended = sql`
  SELECT evaluations.*, kind, held, CASE kind WHEN 'scoring' THEN scoring_attempts ELSE attempts END AS tries,
    CASE kind WHEN 'evaluating' THEN hardware END AS class,
    state = 'queued' OR (state = 'scoring' AND lease_owner IS NULL AND scoring_attempts = 0) AS waits,
    coalesce(scoring_at, running_at, checking_at, queued_at) AS since
  FROM evaluations,
    LATERAL (SELECT CASE state WHEN 'scoring' THEN 'scoring' ELSE 'evaluating' END AS kind,
      coalesce(lease_owner IS NOT NULL AND lease_expires_at >= now(), false) AS held) AS each
  WHERE state IN ('queued', 'checking', 'running', 'scoring')`;

/** All queues, as Postgres knows them: the bells that were rung say nothing of what there is to do. */
export async function readQueues(db: Queryable): Promise<QueueRecord[]> {
  const { rows } = await sql<Omit<QueueRecord, 'stuck'>>`
    SELECT kinds.kind, kinds.class AS hardware, count(id) FILTER (WHERE waits)::integer AS waiting,
      min(since) FILTER (WHERE waits) AS "oldestSince", count(id) FILTER (WHERE held)::integer AS "underWay",
      count(id) FILTER (WHERE tries > 1)::integer AS retried, coalesce(max(tries), 0)::integer AS "mostAttempts",
      (SELECT count(*)::integer FROM workers WHERE workers.kind = kinds.kind AND mode = 'working' AND ${isAlive}
        AND (kinds.class IS NULL OR kinds.class = ANY(serves))) AS workers
    FROM (VALUES (1, 'evaluating', 'cpu'), (2, 'evaluating', 'gpu'), (3, 'scoring', NULL)) AS kinds (place, kind, class)
    LEFT JOIN (${unended}) unended ON unended.kind = kinds.kind AND unended.class IS NOT DISTINCT FROM kinds.class
    GROUP BY kinds.place, kinds.kind, kinds.class ORDER BY kinds.place`.execute(db);
  const stuck = await sql<StuckRecord & Pick<QueueRecord, 'kind' | 'hardware'>>`
    SELECT unended.kind, unended.class AS hardware, unended.id AS "evaluationId", submissions.id AS "submissionId", competitions.slug AS competition,
      submissions.name, unended.state, unended.tries AS attempts, unended.since
    FROM (${unended}) unended
    JOIN submissions ON submissions.id = unended.submission_id
    JOIN phases ON phases.id = submissions.phase_id
    JOIN competitions ON competitions.id = phases.competition_id
    WHERE NOT waits AND NOT held
    ORDER BY unended.since LIMIT 100`.execute(db);
  return rows.map((queue) => ({
    ...queue,
    stuck: stuck.rows.filter(({ kind, hardware }) => kind === queue.kind && hardware === queue.hardware),
  }));
}
