import {
  HoldoutError,
  isFinalState,
  makeSentence,
  type Quotas,
  type Sentence,
  submissionStates,
} from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

/** What a team has used of a phase's quotas, by the database's clock. */
export interface QuotaUse {
  limits: Quotas;
  /** Submissions that count: in the last 24 hours, in all, and those that are under way. */
  used: { perDay: number; total: number; atOnce: number };
  /** Why no further one is allowed now; null where one is. */
  refusal: QuotaRefusal | null;
}

export interface QuotaRefusal {
  kind: keyof Quotas;
  /** When the next is allowed; null where no time can be told: when one has ended, or never. */
  allowedAt: Date | null;
  /** Until then; null likewise. */
  waitSeconds: number | null;
}

interface Account {
  phaseId: string;
  teamId: string;
}

/**
 * A submission counts from the moment it is accepted, unless it failed by our fault, or was stopped before it had seen
 * the phase's own images: cancelled, or because the check warned and its team wanted that. Predictions that an organiser
 * imported never count. What is evaluated again, on a later version of the test set or by an organiser, does not count
 * again: that can give back what its first evaluation cost, where it shows nothing but a fault of ours, and never takes
 * anything, since what was free may have been used for another submission meanwhile.
 */
export async function readQuotaUse(db: Queryable, { phaseId, teamId }: Account): Promise<QuotaUse> {
  const limits = await db
    .selectFrom('phases')
    .select(['quotaPerDay as perDay', 'quotaTotal as total', 'quotaAtOnce as atOnce'])
    .where('id', '=', phaseId)
    .executeTakeFirstOrThrow();
  const underWay = submissionStates.filter((state) => !isFinalState(state));
  const { rows } = await sql<Counted>`
    SELECT
      count(*)::integer AS total,
      count(*) FILTER (WHERE first.state = ANY(${underWay}))::integer AS "atOnce",
      coalesce(array_agg(submissions.submitted_at + interval '24 hours' ORDER BY submissions.submitted_at)
        FILTER (WHERE submissions.submitted_at > now() - interval '24 hours'), '{}') AS "freeAgainAt",
      now() AS now
    FROM submissions
    CROSS JOIN LATERAL (
      SELECT state, running_at, reason_code FROM evaluations
      WHERE evaluations.submission_id = submissions.id AND evaluations.reproduces IS NULL
      ORDER BY queued_at, id LIMIT 1
    ) first
    -- A score was of use, whatever failed after it; else the last word holds.
    LEFT JOIN LATERAL (
      SELECT state, reason_code FROM evaluations
      WHERE evaluations.submission_id = submissions.id AND evaluations.reproduces IS NULL
        AND state IN ('scored', 'rejected', 'failed')
      ORDER BY state = 'scored' DESC, queued_at DESC, id DESC LIMIT 1
    ) verdict ON true
    WHERE submissions.phase_id = ${phaseId} AND submissions.team_id = ${teamId}
      AND submissions.bundle_digest IS NOT NULL
      AND first.state <> 'failed' AND NOT (first.state = 'cancelled' AND first.running_at IS NULL)
      AND first.reason_code IS DISTINCT FROM 'check_warned'
      AND verdict.state IS DISTINCT FROM 'failed' AND verdict.reason_code IS DISTINCT FROM 'check_warned'`.execute(db);
  const [counted] = rows;
  if (!counted) throw new Error('An aggregate gave no row.');
  return {
    limits,
    used: { perDay: counted.freeAgainAt.length, total: counted.total, atOnce: counted.atOnce },
    refusal: findRefusal(limits, counted),
  };
}

interface Counted {
  total: number;
  atOnce: number;
  /** When each submission of the last 24 hours stops counting for the day; the earliest first. */
  freeAgainAt: Date[];
  now: Date;
}

/** The one that holds for longest is named. */
function findRefusal(limits: Quotas, { total, atOnce, freeAgainAt, now }: Counted): QuotaRefusal | null {
  if (limits.total !== null && total >= limits.total) return { kind: 'total', allowedAt: null, waitSeconds: null };
  if (limits.perDay !== null && freeAgainAt.length >= limits.perDay) {
    const allowedAt = freeAgainAt[freeAgainAt.length - limits.perDay] ?? now;
    return {
      kind: 'perDay',
      allowedAt,
      waitSeconds: Math.max(1, Math.ceil((allowedAt.getTime() - now.getTime()) / 1000)),
    };
  }
  if (limits.atOnce !== null && atOnce >= limits.atOnce) return { kind: 'atOnce', allowedAt: null, waitSeconds: null };
  return null;
}

/** Makes a team's submissions to any phase wait for each other until the transaction ends, so that each counts. */
export async function lockTeam(trx: Queryable, teamId: string): Promise<void> {
  await trx.selectFrom('teams').select('id').where('id', '=', teamId).forNoKeyUpdate().executeTakeFirstOrThrow();
}

/** The same for the team of a submission, which changes where teams are merged. @returns the team's id */
export async function lockTeamOf(trx: Queryable, submissionId: string): Promise<string> {
  for (;;) {
    const submission = trx.selectFrom('submissions').where('submissions.id', '=', submissionId);
    const { id } = await submission
      .innerJoin('teams', 'teams.id', 'submissions.teamId')
      .select('teams.id')
      .forNoKeyUpdate('teams')
      .executeTakeFirstOrThrow();
    // While the lock was waited for, it may have become another team's.
    const { teamId } = await submission.select('teamId').executeTakeFirstOrThrow();
    if (teamId === id) return teamId;
  }
}

/**
 * Refuses a team that may not submit now.
 *
 * @throws HoldoutError `quota_exceeded`, which says when the next is allowed
 */
export async function demandQuota(db: Queryable, account: Account): Promise<void> {
  const use = await readQuotaUse(db, account);
  const sentence = describeQuotaRefusal(use);
  if (!sentence) return;
  const retryAfterSeconds = use.refusal?.waitSeconds ?? undefined;
  throw new HoldoutError('quota_exceeded', { sentences: [sentence], retryAfterSeconds });
}

/** The refusal as a sentence; null where there is none. */
export function describeQuotaRefusal({ refusal, limits, used }: QuotaUse): Sentence | null {
  if (!refusal) return null;
  const { kind, allowedAt } = refusal;
  const values = { used: used[kind], limit: limits[kind] ?? '—' };
  switch (kind) {
    case 'perDay':
      return makeSentence('quota_per_day', { ...values, allowedAt: allowedAt?.toISOString() ?? '—' });
    case 'total':
      return makeSentence('quota_total', values);
    case 'atOnce':
      return makeSentence('quota_at_once', values);
  }
}
