import { type RawBuilder, sql } from 'kysely';
import type { EvaluationChange } from '../listen.js';
import type { Queryable } from '../open-database.js';
import type { EventContent } from '../tables/evaluation-events.js';

/** What a notice says besides the ids. */
type Facts = Pick<EvaluationChange, 'progress' | 'state'>;

/** Tells every listener, when the transaction commits, that this evaluation changed. */
export async function notifyChange(trx: Queryable, evaluationId: string): Promise<void> {
  await selectNotice(evaluationId, {}).execute(trx);
}

/** The same where no board changes by it: of its progress, its log, or a state that is not its last. */
export async function notifyProgress(trx: Queryable, evaluationId: string): Promise<void> {
  await selectNotice(evaluationId, { progress: true }).execute(trx);
}

function selectNotice(evaluationId: string, facts: Facts): RawBuilder<unknown> {
  return sql`
    SELECT pg_notify('holdout_events', (${JSON.stringify(facts)}::jsonb || jsonb_build_object(
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
  await tell(trx, evaluationId, events, { progress: true });
}

/** The same of a new state; a board may change where it is the last. */
export async function tellState(
  trx: Queryable,
  evaluationId: string,
  event: Extract<EventContent, { kind: 'state' }>,
  { isLast }: { isLast: boolean },
): Promise<void> {
  const { state } = event.data;
  await tell(trx, evaluationId, [event], isLast ? { state } : { state, progress: true });
}

async function tell(
  trx: Queryable,
  evaluationId: string,
  events: readonly EventContent[],
  facts: Facts,
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
