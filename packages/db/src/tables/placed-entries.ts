import type { MetricInterval, ResolvedManifest, Score } from '@holdout/contracts';
import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../open-database.js';

export interface EntryRecord {
  kind: 'team' | 'reader' | 'baseline';
  /** null for reference entries, as are engine, link, submission and its time. */
  team: string | null;
  /** The submission's name, or the reference entry's. */
  name: string;
  engine: ResolvedManifest['engine'] | null;
  link: string | null;
  submissionId: string | null;
  submittedAt: Date | null;
  score: Score;
  /** Of the overall kappa, by resampling; null where it was never computed. */
  kappaInterval: MetricInterval | null;
  /** null for reference entries. */
  evaluationId: string | null;
}

/** A stretch of a board, counted in entries from its first. */
export interface BoardPage {
  offset: number;
  limit: number;
}

/** A board, or a page of it. */
export interface PlacedEntries {
  /** By the phase's ranking metric, highest first, undefined last; then references, then the earlier submission. */
  entries: EntryRecord[];
  /** Entries in all, and those of teams, also where only a page was read. */
  total: number;
  teams: number;
  before: EntriesBefore;
}

/** What stands before a page, as far as it decides what stands on it. */
export interface EntriesBefore {
  /** How many ranks are taken, and the ranking value of the last of them. */
  ranks: number;
  lastValue: number | null;
  hasReader: boolean;
}

export const nothingBefore: EntriesBefore = { ranks: 0, lastValue: null, hasReader: false };

interface PlacedOptions {
  /** A query of rows like those of `entries`. */
  placed: RawBuilder<unknown>;
  /** Whether the rows are better worked out once than looked up by an index again. */
  costly: boolean;
  page: BoardPage | undefined;
}

/** Puts entries in order, and reads the scores and names of one page of them only. In one statement: of one moment. */
export async function readPlacedEntries(
  db: Queryable,
  { placed, costly, page }: PlacedOptions,
): Promise<PlacedEntries> {
  const { limit = null, offset = 0 } = page ?? {};
  const { rows } = await sql<PlacedRow>`
    WITH placed AS ${costly ? sql`MATERIALIZED` : sql`NOT MATERIALIZED`} (${placed}),
    page AS (SELECT * FROM placed ${orderOf('placed')} LIMIT ${limit} OFFSET ${offset}),
    counts AS (SELECT count(*)::integer AS total, count(*) FILTER (WHERE kind = 'team')::integer AS teams FROM placed),
    before AS (
      -- Equal values share a rank, so that the values that occur are the ranks that are taken.
      SELECT count(DISTINCT ranking_value) FILTER (WHERE kind = 'team')::integer AS ranks,
        min(ranking_value) FILTER (WHERE kind = 'team') AS last_value,
        coalesce(bool_or(kind = 'reader' AND ranking_value IS NOT NULL), false) AS has_reader
      FROM (SELECT kind, ranking_value FROM placed ${orderOf('placed')} LIMIT ${offset}) earlier
    )
    SELECT counts.*, before.*, page.kind, page.evaluation_id, page.submitted_at,
      teams.name AS team, submissions.id AS submission_id, submissions.engine, submissions.link,
      coalesce(submissions.name, page.reference_name) AS name,
      coalesce(scores.score, page.reference_score) AS score,
      coalesce(scores.intervals, page.reference_intervals) #> '{overall,kappa,bootstrap}' AS kappa_interval
    FROM counts CROSS JOIN before
    LEFT JOIN page ON true
    LEFT JOIN teams ON teams.id = page.team_id
    LEFT JOIN evaluations ON evaluations.id = page.evaluation_id
    LEFT JOIN submissions ON submissions.id = evaluations.submission_id
    LEFT JOIN scores ON scores.evaluation_id = page.evaluation_id
    ${orderOf('page')}`.execute(db);
  const [first] = rows;
  if (!first) throw new Error('An aggregate gave no row.');
  const { total, teams, ranks, lastValue, hasReader } = first;
  return { entries: rows.flatMap(toEntry), total, teams, before: { ranks, lastValue, hasReader } };
}

/** That of the index `entries_board`, and of `rankEntries`. */
function orderOf(rows: 'placed' | 'page'): RawBuilder<unknown> {
  const [value, submittedAt, id] = ['ranking_value', 'submitted_at', 'id'].map((column) =>
    sql.ref(`${rows}.${column}`),
  );
  return sql`ORDER BY ${value} DESC NULLS LAST, ${submittedAt} NULLS FIRST, ${id}`;
}

/** An empty page has one row, of which only the counts hold. */
interface PlacedRow extends Omit<EntryRecord, 'kind'>, EntriesBefore {
  kind: EntryRecord['kind'] | null;
  total: number;
  teams: number;
}

function toEntry(row: PlacedRow): EntryRecord[] {
  const { kind, team, name, engine, link, submissionId, submittedAt, score, kappaInterval, evaluationId } = row;
  if (kind === null) return [];
  return [{ kind, team, name, engine, link, submissionId, submittedAt, score, kappaInterval, evaluationId }];
}
