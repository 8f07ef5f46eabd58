import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** Tells every listener, when the transaction commits, that this evaluation changed. */
export async function notifyChange(trx: Queryable, evaluationId: string): Promise<void> {
  await notify(trx, evaluationId, sql`'{}'::jsonb`);
}

/** The same where no board changes by it: of its progress, its log, or a state that is not its last. */
export async function notifyProgress(trx: Queryable, evaluationId: string): Promise<void> {
  await notify(trx, evaluationId, sql`'{"progress": true}'::jsonb`);
}

async function notify(trx: Queryable, evaluationId: string, facts: RawBuilder<unknown>): Promise<void> {
  await sql`
    SELECT pg_notify('holdout_events', (${facts} || jsonb_build_object(
      'evaluationId', evaluations.id, 'submissionId', submissions.id, 'phaseId', submissions.phase_id))::text)
    FROM evaluations JOIN submissions ON submissions.id = evaluations.submission_id
    WHERE evaluations.id = ${evaluationId}`.execute(trx);
}
