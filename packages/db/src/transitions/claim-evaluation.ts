import { defaultFurtherLimits, type FailureReport, type Hardware, type ResolvedManifest } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { insertEvents } from '../tables/evaluation-events.js';
import type { PhaseLimits } from '../tables/phases.js';
import { type ClaimedRow, claimedColumns } from '../tables/queue-order.js';
import { recordLoss } from '../tables/worker-losses.js';
import { mayClaim } from '../tables/workers.js';
import { changeState, endForReason } from './change-state.js';
import { notifyProgress } from './notify-change.js';

export interface ClaimOptions {
  evaluationId: string;
  /** Who asks, for people who read the row: machine and process. */
  owner: string;
  leaseSeconds: number;
  /** After this many workers were lost it fails, with `attempts_spent`. */
  maxAttempts?: number;
}

/** What a worker needs to evaluate a submission. Each write it makes names the lease's token. */
export interface EvaluationClaim {
  evaluationId: string;
  submissionId: string;
  /** Of the request that submitted it, for the log; null where there was none. */
  requestId: string | null;
  phaseId: string;
  leaseToken: number;
  /** 1 for the first worker. */
  attempts: number;
  /** `running`: an earlier worker already passed the check. */
  state: 'checking' | 'running';
  hardware: Hardware;
  bundleDigest: string;
  bundleSizeBytes: number;
  manifest: ResolvedManifest;
  limits: PhaseLimits;
  /** How much its team is told where it fails on hidden studies. */
  failures: FailureReport;
  /** Whether it is stopped before the hidden run where the check warns; an organiser's repetition never is. */
  stopOnWarning: boolean;
  testSetVersionId: string;
  testSetDigest: string;
  sampleVersionId: string;
}

export const defaultMaxAttempts = 3;
/** So many workers may a bundle kill before it is rejected. */
const maxLosses = 2;

/**
 * Claims one evaluation that is queued, or whose worker was lost: its lease expired, or it was handed back.
 *
 * @returns null where another worker holds it, it has ended, its attempts are spent (it is `failed` then), it was the end
 *   of two workers (it is `rejected` then), or who asks is a worker that is paused or draining
 */
export async function claimEvaluation(db: Queryable, options: ClaimOptions): Promise<EvaluationClaim | null> {
  const { evaluationId } = options;
  return db.transaction().execute(async (trx) => {
    if (!(await mayClaim(trx, options.owner))) return null;
    const free = await trx
      .selectFrom('evaluations')
      .select(claimedColumns)
      .where('id', '=', evaluationId)
      .where('state', 'in', ['queued', 'checking', 'running'])
      .where(sql<boolean>`coalesce(lease_expires_at < now(), true)`)
      .forUpdate()
      .executeTakeFirst();
    return free ? await claimLocked(trx, free, options) : null;
  });
}

/** The same of a row that nobody holds a lease on and that the transaction has locked, for a worker that may claim. */
export async function claimLocked(
  trx: Queryable,
  { id: evaluationId, ...before }: ClaimedRow,
  options: Omit<ClaimOptions, 'evaluationId'>,
): Promise<EvaluationClaim | null> {
  const { maxAttempts = defaultMaxAttempts } = options;
  if (before.leaseOwner !== null && before.bundleStartedAt !== null) {
    const losses = await recordLoss(trx, { evaluationId, owner: before.leaseOwner });
    if (losses >= maxLosses) {
      await endForReason(trx, 'rejected', { evaluationId, reason: await killedWorkers(trx, evaluationId, losses) });
      return null;
    }
  }
  if (before.attempts >= maxAttempts) {
    await endForReason(trx, 'failed', { evaluationId, reason: attemptsSpent(before.attempts) });
    return null;
  }
  const columns = leaseColumns(options);
  // The database refuses a lease on what is still queued.
  if (before.state === 'queued') await changeState(trx, 'checking', { evaluationId, columns });
  else {
    // One that was handed back has no owner.
    if (before.leaseOwner !== null) await sayTakeover(trx, evaluationId, before.attempts + 1, maxAttempts);
    await trx.updateTable('evaluations').set(columns).where('id', '=', evaluationId).execute();
  }
  return readClaim(trx, evaluationId);
}

/** The same words for both kinds of work. */
export function attemptsSpent(attempts: number) {
  return {
    code: 'attempts_spent',
    detail: `It was begun ${attempts} times; each time its worker was lost, or something of ours was out of its reach.`,
  } as const;
}

/** Where it happened on hidden studies, its team learns of it as much as of any other failure there. */
async function killedWorkers(trx: Queryable, evaluationId: string, losses: number) {
  const { state, failures } = await trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .select(['evaluations.state', 'phases.failures'])
    .where('evaluations.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  if (state === 'running' && failures === 'failed') return { code: 'hidden_run_failed', detail: null } as const;
  const detail = `${losses} workers were never heard of again after they had started it.`;
  return { code: 'worker_killed', detail } as const;
}

/** Of a lease of the worker's own. */
function leaseColumns({ owner, leaseSeconds }: Pick<ClaimOptions, 'owner' | 'leaseSeconds'>) {
  return {
    leaseOwner: owner,
    leaseToken: sql<number>`lease_token + 1`,
    leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})`,
    attempts: sql<number>`attempts + 1`,
    bundleStartedAt: null,
    progressStage: null,
    imagesDone: null,
    imagesTotal: null,
  };
}

async function sayTakeover(trx: Queryable, evaluationId: string, attempt: number, maxAttempts: number): Promise<void> {
  const line = `The worker that ran this was lost; attempt ${attempt} of ${maxAttempts} begins.`;
  await insertEvents(trx, evaluationId, [{ kind: 'log', data: { line } }]);
  await notifyProgress(trx, evaluationId);
}

async function readClaim(trx: Queryable, evaluationId: string): Promise<EvaluationClaim> {
  const row = await trx
    .selectFrom('evaluations')
    .innerJoin('submissions', 'submissions.id', 'evaluations.submissionId')
    .innerJoin('phases', 'phases.id', 'submissions.phaseId')
    .innerJoin('testSetVersions', 'testSetVersions.id', 'evaluations.testSetVersionId')
    .select([
      'evaluations.id as evaluationId',
      'evaluations.submissionId',
      'evaluations.requestId',
      'submissions.phaseId',
      'evaluations.leaseToken',
      'evaluations.attempts',
      'evaluations.state',
      'evaluations.hardware',
      'submissions.bundleDigest',
      'submissions.bundleSizeBytes as submittedSizeBytes',
      'submissions.manifest',
      'evaluations.testSetVersionId',
      'testSetVersions.digest as testSetDigest',
      'phases.sampleVersionId',
      'phases.bundleSizeBytes',
      'phases.timeLimitSeconds',
      'phases.memoryLimitBytes',
      'phases.runLimits',
      'phases.failures',
      sql<boolean>`submissions.stop_on_warning AND evaluations.reproduces IS NULL`.as('stopOnWarning'),
    ])
    .where('evaluations.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  const { bundleSizeBytes, timeLimitSeconds, memoryLimitBytes, runLimits, submittedSizeBytes, state, ...claim } = row;
  const { bundleDigest, manifest } = claim;
  if (bundleDigest === null || manifest === null || submittedSizeBytes === null) {
    throw new Error(`Evaluation ${claim.evaluationId} was claimed, but its submission has no bundle.`);
  }
  return {
    ...claim,
    bundleDigest,
    manifest,
    state: state === 'running' ? 'running' : 'checking',
    bundleSizeBytes: submittedSizeBytes,
    limits: { bundleSizeBytes, timeLimitSeconds, memoryLimitBytes, ...defaultFurtherLimits, ...runLimits },
  };
}
