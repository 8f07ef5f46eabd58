import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** Tells every listener, when the transaction commits, that this evaluation changed. */
export async function notifyChange(trx: Queryable, evaluationId: string): Promise<void> {
  await sql`
    SELECT pg_notify('holdout_events', json_build_object(
      'evaluationId', evaluations.id, 'submissionId', submissions.id, 'phaseId', submissions.phase_id)::text)
    FROM evaluations JOIN submissions ON submissions.id = evaluations.submission_id
    WHERE evaluations.id = ${evaluationId}`.execute(trx);
}
