import {
  type Canceller,
  type ErrorCode,
  isFinalState,
  type Sentence,
  type SubmissionState,
  statesBefore,
} from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { toReason } from '../tables/reasons.js';
import { tellState } from './notify-change.js';

/** What a transition may write besides the state and its time. */
interface Change {
  evaluationId: string;
  /** The fencing token of the claim; left out only where no worker asks. */
  leaseToken?: number;
  reason?: { code: ErrorCode; detail: string | null; sentences?: readonly Sentence[] };
  cancelledBy?: Canceller;
  predictionsDigest?: string;
  provenance?: string;
}

/**
 * Writes a state, its time, its event and its notification. Every transition goes through here, in a transaction.
 * The lease stays only where the same worker goes on: from checking to running.
 *
 * @returns false where the state is not one before `to`, or the lease is another's: then nothing was written
 */
export async function changeState(trx: Queryable, to: SubmissionState, change: Change): Promise<boolean> {
  const { evaluationId, leaseToken, reason } = change;
  const keepsLease = to === 'checking' || to === 'running';
  const changed = await trx
    .updateTable('evaluations')
    .set({
      state: to,
      [`${to}At`]: sql<Date>`now()`,
      ...(keepsLease ? {} : { leaseOwner: null, leaseExpiresAt: null }),
      ...(reason
        ? {
            reasonCode: reason.code,
            reasonDetail: reason.detail,
            reasonSentences: JSON.stringify(reason.sentences ?? []),
          }
        : {}),
      ...(change.cancelledBy ? { cancelledBy: change.cancelledBy } : {}),
      ...(change.predictionsDigest ? { predictionsDigest: change.predictionsDigest } : {}),
      ...(change.provenance ? { provenance: change.provenance } : {}),
    })
    .where('id', '=', evaluationId)
    .where('state', 'in', statesBefore(to))
    .$if(leaseToken !== undefined, (query) =>
      query.where('leaseToken', '=', leaseToken ?? 0).where('leaseOwner', 'is not', null),
    )
    .returning([
      'reasonCode',
      'reasonDetail',
      'reasonSentences',
      'checkingAt',
      'runningAt',
      'scoringAt',
      'checkWarnings',
    ])
    .executeTakeFirst();
  if (!changed) return false;
  const { cancelledBy } = change;
  const data = { state: to, reason: toReason(changed), ...(cancelledBy ? { cancelledBy } : {}) };
  // On a board it waits until it ends, whatever state it waits in.
  await tellState(trx, evaluationId, { kind: 'state', data }, { isLast: isFinalState(to) });
  return true;
}
