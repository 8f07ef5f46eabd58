import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { mayClaim, selectResting } from '../tables/workers.js';
import { endForReason } from './change-state.js';
import { attemptsSpent, type ClaimOptions, defaultMaxAttempts } from './claim-evaluation.js';

/** What the scoring worker needs. Each write it makes names the lease's token. */
export interface ScoringClaim {
  evaluationId: string;
  submissionId: string;
  /** Of the request that submitted it, for the log; null where there was none. */
  requestId: string | null;
  leaseToken: number;
  /** Of scoring; 1 for the first worker. */
  attempts: number;
  testSetVersionId: string;
  testSetDigest: string;
  predictionsDigest: string;
  /** null where only predictions were imported. */
  bundleDigest: string | null;
  /** How the predictions came about; null where they were imported. */
  provenance: Provenance | null;
  /** The predictions were made on an earlier version, which may have studies that this one has not. */
  isRescoring: boolean;
  /** The predictions that these are to be compared with, instead of being scored; null where they are scored. */
  comparedDigest: string | null;
}

/**
 * Claims an evaluation whose predictions wait for their score, or whose scoring worker was lost: in one statement, which needs
 * no transaction.
 *
 * @returns null where another worker holds it, it is not there yet or has ended, its attempts are spent, or who asks is a
 *   worker that is paused or draining
 */
export async function claimScoring(db: Queryable, options: ClaimOptions): Promise<ScoringClaim | null> {
  const { evaluationId, owner, leaseSeconds, maxAttempts = defaultMaxAttempts } = options;
  const row = await db
    .with('claimed', (query) =>
      query
        .updateTable('evaluations')
        .set({
          leaseOwner: owner,
          leaseToken: sql<number>`lease_token + 1`,
          leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})`,
          scoringAttempts: sql<number>`scoring_attempts + 1`,
        })
        .where('id', '=', evaluationId)
        .where(isFree)
        .where('scoringAttempts', '<', maxAttempts)
        .where(({ not, exists }) => not(exists(selectResting(query, owner))))
        .returningAll(),
    )
    .selectFrom('claimed')
    .innerJoin('submissions', 'submissions.id', 'claimed.submissionId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'claimed.testSetVersionId')
    .leftJoin('evaluations as first', 'first.id', 'claimed.reproduces')
    .select([
      'claimed.id as evaluationId',
      'claimed.submissionId',
      'claimed.requestId',
      'claimed.leaseToken',
      'claimed.scoringAttempts as attempts',
      'claimed.testSetVersionId',
      'testSetVersions.digest as testSetDigest',
      'claimed.predictionsDigest',
      'claimed.rescoredFrom',
      'claimed.provenance',
      'claimed.reproduces',
      'submissions.bundleDigest',
      'first.predictionsDigest as comparedDigest',
    ])
    .executeTakeFirst();
  if (!row) {
    await endSpent(db, options);
    return null;
  }
  const { predictionsDigest, rescoredFrom, reproduces, ...claim } = row;
  if (predictionsDigest === null) throw new Error(`Evaluation ${evaluationId} is scoring without predictions.`);
  if (reproduces !== null && claim.comparedDigest === null)
    throw new Error(`Evaluation ${reproduces} is reproduced without predictions.`);
  return { ...claim, predictionsDigest, isRescoring: rescoredFrom !== null };
}

/** It waits for a score, and nobody works on it. */
const isFree = sql<boolean>`state = 'scoring' AND coalesce(lease_expires_at < now(), true)`;

/** What could not be claimed since it was begun too often ends. */
async function endSpent(db: Queryable, { owner, ...options }: ClaimOptions): Promise<void> {
  const { evaluationId } = options;
  if (!(await selectSpent(db, options).executeTakeFirst())) return;
  await db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, owner))) return;
    const spent = await selectSpent(trx, options).forUpdate().executeTakeFirst();
    if (spent) await endForReason(trx, 'failed', { evaluationId, reason: attemptsSpent(spent.scoringAttempts) });
  });
}

function selectSpent(
  db: Queryable,
  { evaluationId, maxAttempts = defaultMaxAttempts }: Pick<ClaimOptions, 'evaluationId' | 'maxAttempts'>,
) {
  return db
    .selectFrom('evaluations')
    .select('scoringAttempts')
    .where('id', '=', evaluationId)
    .where(isFree)
    .where('scoringAttempts', '>=', maxAttempts);
}
