import { type QueryCreator, type RawBuilder, sql, type UpdateQueryBuilder } from 'kysely';
import type { EvaluationChange } from '../listen.js';
import type { Queryable } from '../open-database.js';
import type { Schema } from '../schema.js';
import type { EventContent } from '../tables/evaluation-events.js';

/** What a notice says besides the ids. */
type Facts = Pick<EvaluationChange, 'progress' | 'state'>;

/** Tells every listener, when the transaction commits, that this evaluation changed. */
export async function notifyChange(trx: Queryable, evaluationId: string): Promise<void> {
  await selectNotice(trx, evaluationId, {}).execute();
}

/** The same where no board changes by it: of its progress, its log, or a state that is not its last. */
export async function notifyProgress(trx: Queryable, evaluationId: string): Promise<void> {
  await selectNotice(trx, evaluationId, { progress: true }).execute();
}

function selectNotice(query: Pick<QueryCreator<Schema>, 'selectFrom'>, evaluationId: string, facts: Facts) {
  return query
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .select(notice('evaluations', facts))
    .where('evaluations.id', '=', evaluationId);
}

/** Of the rows of `evaluations`, or of what has their `id`, joined with `submissions`. */
function notice(evaluations: string, facts: Facts) {
  return sql`pg_notify('holdout_events', (${JSON.stringify(facts)}::jsonb || jsonb_build_object(
    'evaluationId', ${sql.ref(`${evaluations}.id`)}, 'submissionId', submissions.id,
    'phaseId', submissions.phase_id))::text)`.as('notified');
}

/**
 * Changes an evaluation's row, writes events and tells every listener of them, all in one statement: each takes a while to be
 * answered. The events come after others of the evaluation, since its row is locked before their ids are made.
 *
 * @param update - of that row alone
 * @param facts - `progress` where no board changes by it
 * @returns false where the update found no row; then nothing was written
 */
export async function changeAndTell(
  db: Queryable,
  update: UpdateQueryBuilder<Schema, 'evaluations', 'evaluations', object>,
  events: readonly EventContent[],
  facts: Facts,
): Promise<boolean> {
  const told = await db
    .with('changed', () => update.returning(['evaluations.id', 'evaluations.submissionId']))
    .with('written', (query) =>
      query
        .insertInto('evaluationEvents')
        .columns(['evaluationId', 'kind', 'data'])
        .expression(sql`SELECT changed.id, kind, data FROM changed CROSS JOIN ${listRows(events)} ORDER BY place`),
    )
    .selectFrom('changed')
    .innerJoin('submissions', 'submissions.id', 'changed.submissionId')
    .select(notice('changed', facts))
    .execute();
  return told.length > 0;
}

/**
 * Writes the event of an evaluation's last state and tells every listener of it, in one statement. The caller's transaction
 * must hold the lock on the evaluation's row.
 */
export async function tellEnd(
  trx: Queryable,
  evaluationId: string,
  { kind, data }: Extract<EventContent, { kind: 'state' }>,
): Promise<void> {
  const told = trx.with('written', (query) =>
    query.insertInto('evaluationEvents').values({ evaluationId, kind, data: JSON.stringify(data) }),
  );
  await selectNotice(told, evaluationId, { state: data.state }).execute();
}

/** Events as a table `event` of the columns `kind`, `data` and `place`. */
function listRows(events: readonly EventContent[]): RawBuilder<unknown> {
  const [kinds, data] = [events.map(({ kind }) => kind), events.map((event) => JSON.stringify(event.data))];
  return sql`unnest(${kinds}::text[], ${data}::jsonb[]) WITH ORDINALITY AS event (kind, data, place)`;
}
