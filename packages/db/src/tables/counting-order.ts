import { type RawBuilder, sql } from 'kysely';

/** What decides which of a team's submissions is its entry, as it stands in a row of `phases` or of its history. */
export interface CountingRule {
  counted: RawBuilder<string>;
  metrics: RawBuilder<string[]>;
}

/** Of the phase as it is now; the query has `phases`. */
export const presentRule: CountingRule = {
  counted: sql`phases.counted`,
  metrics: sql`phases.ranking_metrics`,
};

/**
 * The order in which a team's scored submissions count, the first first: those it chose, the last one, or the best by
 * the phase's metrics in their order, among equals the earlier. The query has `submissions` and `scores`.
 *
 * @param at - the choices as they stood then
 */
export function countingOrder({ counted, metrics }: CountingRule, at?: Date): RawBuilder<unknown> {
  const since = at === undefined ? sql`true` : sql`submission_choices.at <= ${at}`;
  const chosen = sql`(SELECT chosen FROM submission_choices
    WHERE submission_choices.submission_id = submissions.id AND ${since}
    ORDER BY submission_choices.id DESC LIMIT 1)`;
  return sql`
    CASE WHEN ${counted} = 'chosen' THEN coalesce(${chosen}, false) END DESC NULLS LAST,
    CASE WHEN ${counted} = 'last' THEN submissions.submitted_at END DESC NULLS LAST,
    ranking_values(scores.score, ${metrics}) DESC,
    submissions.submitted_at, submissions.id`;
}
