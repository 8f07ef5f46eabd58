import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { EventContent } from '../tables/evaluation-events.js';

/** Tells every listener, when the transaction commits, that this evaluation changed. */
export async function notifyChange(trx: Queryable, evaluationId: string): Promise<void> {
  await notify(trx, evaluationId, sql`'{}'::jsonb`);
}

/** The same where no board changes by it: of its progress, its log, or a state that is not its last. */
export async function notifyProgress(trx: Queryable, evaluationId: string): Promise<void> {
  await notify(trx, evaluationId, sql`'{"progress": true}'::jsonb`);
}

async function notify(trx: Queryable, evaluationId: string, facts: RawBuilder<unknown>): Promise<void> {
  await selectNotice(evaluationId, facts).execute(trx);
}

function selectNotice(evaluationId: string, facts: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    SELECT pg_notify('holdout_events', (${facts} || jsonb_build_object(
      'evaluationId', evaluations.id, 'submissionId', submissions.id, 'phaseId', submissions.phase_id))::text)
    FROM evaluations JOIN submissions ON submissions.id = evaluations.submission_id
    WHERE evaluations.id = ${evaluationId}`;
}

/**
 * Writes events and tells every listener of them, in one statement, since each takes a while to be answered. The caller's
 * transaction must hold the lock on the evaluation's row.
 */
export async function tellProgress(
  trx: Queryable,
  evaluationId: string,
  events: readonly EventContent[],
): Promise<void> {
  await tell(trx, evaluationId, events, sql`'{"progress": true}'::jsonb`);
}

/** The same where a board may change by it. */
export async function tellChange(trx: Queryable, evaluationId: string, events: readonly EventContent[]): Promise<void> {
  await tell(trx, evaluationId, events, sql`'{}'::jsonb`);
}

async function tell(
  trx: Queryable,
  evaluationId: string,
  events: readonly EventContent[],
  facts: RawBuilder<unknown>,
): Promise<void> {
  await sql`
    WITH written AS (
      INSERT INTO evaluation_events (evaluation_id, kind, data)
      SELECT ${evaluationId}::uuid, kind, data
      FROM unnest(${events.map(({ kind }) => kind)}::text[], ${events.map(({ data }) => JSON.stringify(data))}::jsonb[])
        WITH ORDINALITY AS event (kind, data, place)
      ORDER BY place
    )
    ${selectNotice(evaluationId, facts)}`.execute(trx);
}
