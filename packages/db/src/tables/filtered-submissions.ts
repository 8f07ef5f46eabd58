import type { SubmissionFilter } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { type Condition, pageSubmissions, type SubmissionRecord } from './submissions.js';

interface FilteredSubmissions {
  /** The latest first. */
  submissions: SubmissionRecord[];
  /** How many the filter lets through, on whatever page. */
  total: number;
}

/** The submissions of a competition that a filter lets through, a page of them. */
export async function filterSubmissions(
  db: Queryable,
  { competitionId, filter, limit }: { competitionId: string; filter: SubmissionFilter; limit: number },
): Promise<FilteredSubmissions> {
  const { before } = filter;
  const after =
    before === undefined
      ? null
      : sql<boolean>`(submissions.submitted_at, submissions.id) <
          (SELECT submitted_at, id FROM submissions earlier WHERE earlier.id = ${before})`;
  const conditions = [sql<boolean>`phases.competition_id = ${competitionId}`, ...listConditions(filter)];
  return await pageSubmissions(db, { conditions, after, limit });
}

function listConditions({ phase, state, standing, team, text, since, until }: SubmissionFilter): Condition[] {
  return [
    phase !== undefined && sql<boolean>`phases.slug = ${phase}`,
    state !== undefined && sql<boolean>`evaluations.state = ${state}`,
    standing !== undefined && sql<boolean>`coalesce(standings.standing, 'counted') = ${standing}`,
    team !== undefined && sql<boolean>`teams.name ILIKE ${containing(team)}`,
    text !== undefined &&
      sql<boolean>`(concat_ws(chr(10), submissions.name, submissions.description, submissions.link,
          evaluations.reason_code, evaluations.reason_detail, standings.standing_reason, submissions.bundle_digest)
        ILIKE ${containing(text)} OR submissions.id::text = lower(${text.trim()}))`,
    since !== undefined && sql<boolean>`submissions.submitted_at >= ${since}::timestamptz`,
    until !== undefined && sql<boolean>`submissions.submitted_at < ${until}::timestamptz`,
  ].filter((condition) => condition !== false);
}

/** For LIKE, with what it would read as a pattern taken by its letter. */
function containing(text: string): string {
  return `%${text.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
}
