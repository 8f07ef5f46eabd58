import type { Standing } from '@holdout/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** Whether a submission counts, and why not. */
export interface StandingRecord {
  standing: Standing;
  reason: string | null;
}

/** The standing of the submission of the query's row; at a past moment where one is given. */
export function standingOfRow(at?: Date): RawBuilder<Standing> {
  const since = at === undefined ? sql`true` : sql`submission_standings.at <= ${at}`;
  return sql<Standing>`coalesce((
    SELECT standing FROM submission_standings
    WHERE submission_standings.submission_id = submissions.id AND ${since}
    ORDER BY submission_standings.id DESC LIMIT 1), 'counted')`;
}

export async function readStanding(db: Queryable, submissionId: string): Promise<StandingRecord> {
  const row = await db
    .selectFrom('submissionStandings')
    .select(['standing', 'reason'])
    .where('submissionId', '=', submissionId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? { standing: 'counted', reason: null };
}
