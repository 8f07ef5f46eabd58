import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { mayClaim } from '../tables/workers.js';
import { changeState } from './change-state.js';
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
 * Claims an evaluation whose predictions wait for their score, or whose scoring worker was lost.
 *
 * @returns null where another worker holds it, it is not there yet or has ended, its attempts are spent, or who asks is a
 *   worker that is paused or draining
 */
export async function claimScoring(db: Queryable, options: ClaimOptions): Promise<ScoringClaim | null> {
  const { evaluationId, owner, leaseSeconds, maxAttempts = defaultMaxAttempts } = options;
  return db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, options.owner))) return null;
    const before = await trx
      .selectFrom('evaluations')
      .select(['scoringAttempts', sql<boolean>`coalesce(lease_expires_at >= now(), false)`.as('held')])
      .where('id', '=', evaluationId)
      .where('state', '=', 'scoring')
      .forUpdate()
      .executeTakeFirst();
    if (!before || before.held) return null;
    if (before.scoringAttempts >= maxAttempts) {
      await changeState(trx, 'failed', { evaluationId, reason: attemptsSpent(before.scoringAttempts) });
      return null;
    }
    await trx
      .updateTable('evaluations')
      .set((columns) => ({
        leaseOwner: owner,
        leaseToken: columns('leaseToken', '+', 1),
        leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})`,
        scoringAttempts: columns('scoringAttempts', '+', 1),
      }))
      .where('id', '=', evaluationId)
      .execute();
    return await readClaim(trx, evaluationId);
  });
}

async function readClaim(trx: Queryable, evaluationId: string): Promise<ScoringClaim> {
  const { predictionsDigest, rescoredFrom, reproduces, ...claim } = await trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'evaluations.testSetVersionId')
    .leftJoin('evaluations as first', 'first.id', 'evaluations.reproduces')
    .select([
      'evaluations.id as evaluationId',
      'evaluations.submissionId',
      'evaluations.requestId',
      'evaluations.leaseToken',
      'evaluations.scoringAttempts as attempts',
      'evaluations.testSetVersionId',
      'testSetVersions.digest as testSetDigest',
      'evaluations.predictionsDigest',
      'evaluations.rescoredFrom',
      'evaluations.provenance',
      'evaluations.reproduces',
      'submissions.bundleDigest',
      'first.predictionsDigest as comparedDigest',
    ])
    .where('evaluations.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  if (predictionsDigest === null) throw new Error(`Evaluation ${evaluationId} is scoring without predictions.`);
  if (reproduces !== null && claim.comparedDigest === null)
    throw new Error(`Evaluation ${reproduces} is reproduced without predictions.`);
  return { ...claim, predictionsDigest, isRescoring: rescoredFrom !== null };
}
