import type { BoardStatistics, ReaderVerdict } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** A board whose places have changed since it was last said how sure they are. */
export interface StaleBoard {
  phaseId: string;
  testSetVersionId: string;
  testSetDigest: string;
  /** Names the entries that there are now. */
  entriesKey: string;
}

/** The present boards whose statistics were made of other entries than they have now. */
export async function listStaleBoards(db: Queryable): Promise<StaleBoard[]> {
  const { rows } = await sql<StaleBoard>`
    SELECT boards.phase_id AS "phaseId", boards.test_set_version_id AS "testSetVersionId",
      versions.digest AS "testSetDigest", boards.key AS "entriesKey"
    FROM (
      SELECT phases.id AS phase_id, phases.test_set_version_id, md5(string_agg(
        coalesce(entries.evaluation_id::text, entries.kind || ':' || entries.reference_name), ',' ORDER BY entries.id
      )) AS key
      FROM phases JOIN entries
        ON entries.phase_id = phases.id AND entries.test_set_version_id = phases.test_set_version_id
      GROUP BY phases.id
    ) boards
    JOIN test_set_versions versions ON versions.id = boards.test_set_version_id
    LEFT JOIN board_statistics statistics
      ON statistics.phase_id = boards.phase_id AND statistics.test_set_version_id = boards.test_set_version_id
    WHERE statistics.entries_key IS DISTINCT FROM boards.key`.execute(db);
  return rows;
}

/** An entry with what it is compared by. */
export interface ComparedEntry {
  kind: 'team' | 'reader';
  /** null for a reader. */
  evaluationId: string | null;
  name: string;
  predictionsDigest: string | null;
}

/** The entries of a board, readers first and then the best teams, at most `limit` in all. */
export async function listComparedEntries(
  db: Queryable,
  { phaseId, testSetVersionId }: Pick<StaleBoard, 'phaseId' | 'testSetVersionId'>,
  limit: number,
): Promise<ComparedEntry[]> {
  // Chosen before they are joined: no plan of this may go through the evaluations of everybody else.
  const compared = db
    .selectFrom('entries')
    .selectAll()
    .where('phaseId', '=', phaseId)
    .where('testSetVersionId', '=', testSetVersionId)
    .where('kind', 'in', ['team', 'reader'])
    .orderBy(sql`kind = 'team'`)
    .orderBy('rankingValues', 'desc')
    .orderBy('submittedAt')
    .limit(limit);
  return await db
    .selectFrom(compared.as('entries'))
    .leftJoin('evaluations', 'evaluations.id', 'entries.evaluationId')
    .select([
      sql<'team' | 'reader'>`kind`.as('kind'),
      'evaluationId',
      sql<string>`coalesce(reference_name, '')`.as('name'),
      'predictionsDigest',
    ])
    .orderBy(sql`kind = 'team'`)
    .orderBy('rankingValues', 'desc')
    .orderBy('entries.submittedAt')
    .execute();
}

/** Writes the statistics of a board and tells those who follow it. */
export async function upsertBoardStatistics(
  db: Queryable,
  { phaseId, testSetVersionId, entriesKey }: StaleBoard,
  statistics: BoardStatistics,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const values = { entriesKey, statistics: JSON.stringify(statistics), computedAt: sql<Date>`now()` };
    await trx
      .insertInto('boardStatistics')
      .values({ phaseId, testSetVersionId, ...values })
      .onConflict((conflict) => conflict.columns(['phaseId', 'testSetVersionId']).doUpdateSet(values))
      .execute();
    await notifyPhase(trx, phaseId);
  });
}

export async function readBoardStatistics(
  db: Queryable,
  { phaseId, testSetVersionId }: Pick<StaleBoard, 'phaseId' | 'testSetVersionId'>,
): Promise<BoardStatistics | null> {
  const row = await db
    .selectFrom('boardStatistics')
    .select('statistics')
    .where('phaseId', '=', phaseId)
    .where('testSetVersionId', '=', testSetVersionId)
    .executeTakeFirst();
  return row?.statistics ?? null;
}

/**
 * How an evaluation stands to the best reader of its phase's present board; null where it is no entry of it. Of long
 * statistics only the one value leaves the database.
 */
export async function readPlaceOnBoard(
  db: Queryable,
  {
    phaseId,
    testSetVersionId,
    evaluationId,
  }: Pick<StaleBoard, 'phaseId' | 'testSetVersionId'> & { evaluationId: string },
): Promise<{ againstBestReader: ReaderVerdict | null } | null> {
  const row = await db
    .selectFrom('entries')
    .leftJoin('boardStatistics as statistics', (join) =>
      join
        .onRef('statistics.phaseId', '=', 'entries.phaseId')
        .onRef('statistics.testSetVersionId', '=', 'entries.testSetVersionId'),
    )
    .select(
      sql<ReaderVerdict | null>`statistics.statistics #>> ARRAY['entries', entries.evaluation_id::text, 'againstBestReader']`.as(
        'againstBestReader',
      ),
    )
    .where('entries.phaseId', '=', phaseId)
    .where('entries.testSetVersionId', '=', testSetVersionId)
    .where('entries.evaluationId', '=', evaluationId)
    .executeTakeFirst();
  return row ?? null;
}

/** Tells whoever follows a phase's board to read it again, where no evaluation changed. */
export async function notifyPhase(trx: Queryable, phaseId: string): Promise<void> {
  await sql`SELECT pg_notify('holdout_events',
    json_build_object('evaluationId', '', 'submissionId', '', 'phaseId', ${phaseId}::text)::text)`.execute(trx);
}
