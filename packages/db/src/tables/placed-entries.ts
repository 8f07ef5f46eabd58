import type { MetricInterval, MetricValue, ResolvedManifest, Score } from '@holdout/contracts';
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
  /** null for reference entries, as is the next. */
  evaluationId: string | null;
  predictionsDigest: string | null;
}

/** A stretch of a board, counted in entries from its first. */
export interface BoardPage {
  offset: number;
  limit: number;
}

/** What every row of a board is seen against. */
export interface ReaderRecord {
  name: string;
  kappa: MetricValue;
  interval: MetricInterval | null;
  sensitivity: MetricValue;
  specificity: MetricValue;
}

/** A board, or a page of it. */
export interface PlacedEntries {
  /** All readers of the board, also where only a page was read; in its order. */
  readers: ReaderRecord[];
  /** By the phase's metrics in their order, highest first, undefined last; then references, then the earlier. */
  entries: EntryRecord[];
  /** Entries in all, and those of teams, also where only a page was read. */
  total: number;
  teams: number;
  before: EntriesBefore;
}

/** What stands before a page, as far as it decides what stands on it. */
export interface EntriesBefore {
  /** How many ranks are taken, and what the last of them was given for: its ranking values, and when it was submitted. */
  ranks: number;
  lastValues: number[] | null;
  lastSubmittedAt: Date | null;
}

export const nothingBefore: EntriesBefore = { ranks: 0, lastValues: null, lastSubmittedAt: null };

interface PlacedOptions {
  /** A query of rows like those of `entries`. */
  placed: RawBuilder<unknown>;
  /** Whether equals share a rank: `shared`, or `earlier`. */
  ties: RawBuilder<string>;
  /** Whether the rows are better worked out once than looked up by an index again. */
  costly: boolean;
  page: BoardPage | undefined;
}

/** Puts entries in order, and reads the scores and names of one page of them only. In one statement: of one moment. */
export async function readPlacedEntries(
  db: Queryable,
  { placed, ties, costly, page }: PlacedOptions,
): Promise<PlacedEntries> {
  const { limit = null, offset = 0 } = page ?? {};
  const { rows } = await sql<PlacedRow>`
    WITH placed AS ${costly ? sql`MATERIALIZED` : sql`NOT MATERIALIZED`} (${placed}),
    page AS (SELECT * FROM placed ${orderOf('placed')} LIMIT ${limit} OFFSET ${offset}),
    counts AS (SELECT count(*)::integer AS total, count(*) FILTER (WHERE kind = 'team')::integer AS teams FROM placed),
    before AS (
      -- Equals share a rank, so that what decides it is there as often as ranks are taken.
      SELECT count(DISTINCT ROW(ranking_values, CASE ${ties} WHEN 'earlier' THEN submitted_at END))
          FILTER (WHERE is_ranked)::integer AS ranks,
        min(ranking_values) FILTER (WHERE is_ranked) AS last_values,
        (array_agg(submitted_at ORDER BY ranking_values, submitted_at DESC) FILTER (WHERE is_ranked))[1]
          AS last_submitted_at
      FROM (
        SELECT ranking_values, submitted_at, kind = 'team' AND ranking_values[1] > '-Infinity' AS is_ranked
        FROM placed ${orderOf('placed')} LIMIT ${offset}
      ) earlier
    ),
    readers AS (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', reference_name,
        'kappa', reference_score #> '{overall,kappa}',
        'interval', reference_intervals #> '{overall,kappa,bootstrap}',
        'sensitivity', reference_score #> '{overall,sensitivity}',
        'specificity', reference_score #> '{overall,specificity}'
      ) ${orderOf('placed')}), '[]') AS readers
      FROM placed WHERE kind = 'reader'
    )
    SELECT counts.*, before.*, readers.readers, page.kind, page.evaluation_id, page.submitted_at, evaluations.predictions_digest,
      teams.name AS team, submissions.id AS submission_id, submissions.engine, submissions.link,
      coalesce(submissions.name, page.reference_name) AS name,
      coalesce(scores.score, page.reference_score) AS score,
      coalesce(scores.intervals, page.reference_intervals) #> '{overall,kappa,bootstrap}' AS kappa_interval
    FROM counts CROSS JOIN before CROSS JOIN readers
    LEFT JOIN page ON true
    LEFT JOIN teams ON teams.id = page.team_id
    LEFT JOIN evaluations ON evaluations.id = page.evaluation_id
    LEFT JOIN submissions ON submissions.id = evaluations.submission_id
    LEFT JOIN scores ON scores.evaluation_id = page.evaluation_id
    ${orderOf('page')}`.execute(db);
  const [first] = rows;
  if (!first) throw new Error('An aggregate gave no row.');
  const { total, teams, ranks, lastValues, lastSubmittedAt, readers } = first;
  const before = { ranks, lastValues, lastSubmittedAt };
  return { readers, entries: rows.flatMap(toEntry), total, teams, before };
}

/** That of the index `entries_board`, and of `rankEntries`. */
function orderOf(rows: 'placed' | 'page'): RawBuilder<unknown> {
  const [values, submittedAt, id] = ['ranking_values', 'submitted_at', 'id'].map((column) =>
    sql.ref(`${rows}.${column}`),
  );
  return sql`ORDER BY ${values} DESC, ${submittedAt} NULLS FIRST, ${id}`;
}

/** An empty page has one row, of which only the counts hold. */
interface PlacedRow extends Omit<EntryRecord, 'kind'>, EntriesBefore {
  kind: EntryRecord['kind'] | null;
  total: number;
  teams: number;
  readers: ReaderRecord[];
}

function toEntry(row: PlacedRow): EntryRecord[] {
  const { kind, team, name, engine, link, submissionId, submittedAt } = row;
  const { score, kappaInterval, evaluationId, predictionsDigest } = row;
  if (kind === null) return [];
  const submission = { team, name, engine, link, submissionId, submittedAt };
  return [{ kind, ...submission, score, kappaInterval, evaluationId, predictionsDigest }];
}
