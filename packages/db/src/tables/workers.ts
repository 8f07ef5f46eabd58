import type { Hardware, SubmissionState, WorkerDescription, WorkerKind, WorkerMode } from '@holdout/contracts';
import { type QueryCreator, sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Schema } from '../schema.js';

/** A worker that is silent for so long is lost: it says that it is there every few seconds. */
const lostAfterSeconds = 20;
/** One that was lost is shown for a day, so that somebody sees it. */
const shownAfterLossSeconds = 24 * 60 * 60;

interface NewWorker {
  /** As its leases name it. */
  name: string;
  kind: WorkerKind;
  machine: string;
  description: WorkerDescription;
  /** The hardware classes that it takes evaluations of; none for one that scores. */
  serves: readonly Hardware[];
}

/** Enters a worker that starts. One whose machine's last worker of this kind was paused is paused too. */
export async function registerWorker(db: Queryable, worker: NewWorker): Promise<void> {
  const description = JSON.stringify(worker.description);
  await db
    .insertInto('workers')
    .values({ ...worker, description, serves: [...worker.serves] })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        description,
        serves: [...worker.serves],
        startedAt: sql`now()`,
        lastSeenAt: sql`now()`,
        endedAt: null,
      }),
    )
    .execute();
}

/** Says that a worker is there, and asks whether it may take new work; null where it is not entered. */
export async function beat(db: Queryable, name: string): Promise<WorkerMode | null> {
  const row = await db
    .updateTable('workers')
    .set({ lastSeenAt: sql`now()` })
    .where('name', '=', name)
    .returning('mode')
    .executeTakeFirst();
  return row?.mode ?? null;
}

/** Says that a worker ends in order. */
export async function signOffWorker(db: Queryable, name: string): Promise<void> {
  await db
    .updateTable('workers')
    .set({ endedAt: sql`now()`, lastSeenAt: sql`now()` })
    .where('name', '=', name)
    .execute();
}

/** Whether who holds leases by this name may take new ones; anybody who is not entered as a worker may. */
export async function mayClaim(db: Queryable, name: string): Promise<boolean> {
  return (await selectResting(db, name).executeTakeFirst()) === undefined;
}

/** Finds the worker of this name where it may take no new work. */
export function selectResting(query: Pick<QueryCreator<Schema>, 'selectFrom'>, name: string) {
  return query.selectFrom('workers').select('workers.mode').where('name', '=', name).where('mode', '<>', 'working');
}

/** How many living workers take new evaluations of a class. */
export async function countServing(db: Queryable, hardware: Hardware): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM workers
    WHERE kind = 'evaluating' AND mode = 'working' AND ${hardware} = ANY(serves) AND ${isAlive}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Has not ended in order, and was heard of lately. */
export const isAlive = sql<boolean>`ended_at IS NULL AND last_seen_at > now() - make_interval(secs => ${lostAfterSeconds})`;

/** Something that a worker has a lease on. */
export interface WorkRecord {
  submissionId: string;
  competition: string;
  name: string;
  team: string;
  state: SubmissionState;
  since: Date;
  imagesDone: number | null;
  imagesTotal: number | null;
}

export interface WorkerRecord extends NewWorker {
  id: string;
  mode: WorkerMode;
  alive: boolean;
  startedAt: Date;
  lastSeenAt: Date;
  work: WorkRecord[];
}

/** The workers that have not ended in order, each with what it does now; the lost ones of the last day too. */
export async function listWorkers(db: Queryable): Promise<WorkerRecord[]> {
  const workers = await db
    .selectFrom('workers')
    .selectAll()
    .select(isAlive.as('alive'))
    .where('endedAt', 'is', null)
    .where(sql<boolean>`last_seen_at > now() - make_interval(secs => ${shownAfterLossSeconds})`)
    .orderBy('machine')
    .orderBy('kind')
    .orderBy('startedAt')
    .execute();
  const work = await listWork(db);
  return workers.map((worker) => ({ ...worker, work: work.filter(({ owner }) => owner === worker.name) }));
}

export interface ModeChange {
  name: string;
  before: WorkerMode;
}

/** @returns the worker's name and the mode it had; null where there is no such worker */
export async function setWorkerMode(db: Queryable, id: string, mode: WorkerMode): Promise<ModeChange | null> {
  const { rows } = await sql<ModeChange>`
    UPDATE workers SET mode = ${mode}
    FROM (SELECT id, mode FROM workers WHERE id = ${id} FOR UPDATE) known
    WHERE workers.id = known.id
    RETURNING workers.name, known.mode AS before`.execute(db);
  return rows[0] ?? null;
}

/** Forgets workers that nobody is shown any more, but for those whose pause their next process takes over. */
export async function removeOldWorkers(db: Queryable): Promise<void> {
  await db
    .deleteFrom('workers')
    .where(sql<boolean>`last_seen_at < now() - make_interval(secs => ${shownAfterLossSeconds})`)
    .where('mode', '<>', 'paused')
    .execute();
}

async function listWork(db: Queryable): Promise<(WorkRecord & { owner: string })[]> {
  const { rows } = await sql<WorkRecord & { owner: string }>`
    SELECT evaluations.lease_owner AS owner, submissions.id AS "submissionId", competitions.slug AS competition,
      submissions.name, teams.name AS team, evaluations.state,
      coalesce(evaluations.scoring_at, evaluations.running_at, evaluations.checking_at) AS since,
      evaluations.images_done AS "imagesDone", evaluations.images_total AS "imagesTotal"
    FROM evaluations
    JOIN submissions ON submissions.id = evaluations.submission_id
    JOIN teams ON teams.id = submissions.team_id
    JOIN phases ON phases.id = submissions.phase_id
    JOIN competitions ON competitions.id = phases.competition_id
    WHERE evaluations.state IN ('checking', 'running', 'scoring') AND evaluations.lease_expires_at >= now()
    ORDER BY since`.execute(db);
  return rows;
}
