import type { Canceller, CheckWarning, SubmissionState } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import type { ReasonRecord } from './reasons.js';

/** What happened to an evaluation. `id` grows with each event of an evaluation. */
export type EventRecord = { id: number; at: Date } & EventContent;

export type EventContent =
  | { kind: 'state'; data: { state: SubmissionState; reason: ReasonRecord | null; cancelledBy?: Canceller } }
  | { kind: 'progress'; data: { stage: 'checking' | 'running'; imagesDone: number; imagesTotal: number } }
  | { kind: 'log'; data: { line: string } }
  | { kind: 'warning'; data: CheckWarning };

/**
 * The events of an evaluation after the one with id `afterId` (0: from the beginning), in order.
 * An event is written while its evaluation's row is locked, so none appears behind one that was already read.
 */
export async function listEvents(
  db: Queryable,
  evaluationId: string,
  afterId: number,
  limit = 1000,
): Promise<EventRecord[]> {
  const rows = await db
    .selectFrom('evaluationEvents')
    .select(['id', 'at', 'kind', 'data'])
    .where('evaluationId', '=', evaluationId)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  // Only `insertEvents` writes them, and it takes an EventContent.
  return rows as EventRecord[];
}

/** A statement takes at most 65,535 values. */
const eventsPerStatement = 5_000;

/** Writes events; the caller's transaction must hold the lock on the evaluation's row. */
export async function insertEvents(
  db: Queryable,
  evaluationId: string,
  events: readonly EventContent[],
): Promise<void> {
  for (let first = 0; first < events.length; first += eventsPerStatement) {
    const some = events.slice(first, first + eventsPerStatement);
    await db
      .insertInto('evaluationEvents')
      .values(some.map(({ kind, data }) => ({ evaluationId, kind, data: JSON.stringify(data) })))
      .execute();
  }
}
