import {
  type Canceller,
  type ErrorCode,
  isFinalState,
  type Sentence,
  type SubmissionState,
  statesBefore,
} from '@holdout/contracts';
import { sql, type UpdateObject } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { Schema } from '../schema.js';
import { toReason } from '../tables/reasons.js';
import { changeAndTell, tellEnd } from './notify-change.js';
import { listReported, type Report, reportedColumns } from './report.js';

/** What a transition may write besides the state and its time. */
interface Change {
  evaluationId: string;
  /** The fencing token of the claim; left out only where no worker asks. */
  leaseToken?: number;
  cancelledBy?: Canceller;
  /** What of the check is not written yet; told before the state. */
  report?: Report | undefined;
  /** What else of its row changes. */
  columns?: UpdateObject<Schema, 'evaluations'>;
}

/**
 * Writes a state, its time, its event and its notification, in one statement, which needs no transaction around it. Every
 * transition goes through here, or through `endForReason`. The lease stays only where the same worker goes on: from
 * checking to running.
 *
 * @returns false where the state is not one before `to`, or the lease is another's: then nothing was written
 */
export async function changeState(
  db: Queryable,
  to: Exclude<SubmissionState, 'rejected' | 'failed'>,
  { report = nothing, cancelledBy, columns = {}, ...change }: Change,
): Promise<boolean> {
  const further = { ...reportedColumns(report), ...(cancelledBy ? { cancelledBy } : {}), ...columns };
  const data = { state: to, reason: null, ...(cancelledBy ? { cancelledBy } : {}) };
  const events = [...listReported(report), { kind: 'state', data } as const];
  // On a board it waits until it ends, whatever state it waits in.
  const facts = isFinalState(to) ? { state: to } : ({ state: to, progress: true } as const);
  return await changeAndTell(db, updateState(db, to, change).set(further), events, facts);
}

/**
 * The same for an evaluation that ends without a score. What is told of the reason depends on how far it came, so that this
 * takes a transaction.
 */
export async function endForReason(
  trx: Queryable,
  to: 'rejected' | 'failed',
  { reason, ...change }: Pick<Change, 'evaluationId' | 'leaseToken'> & { reason: NewReason },
): Promise<boolean> {
  const { code, detail, sentences = [] } = reason;
  const ended = await updateState(trx, to, change)
    .set({ reasonCode: code, reasonDetail: detail, reasonSentences: JSON.stringify(sentences) })
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
  if (!ended) return false;
  await tellEnd(trx, change.evaluationId, { kind: 'state', data: { state: to, reason: toReason(ended) } });
  return true;
}

const nothing: Report = { lines: [], progress: null };

interface NewReason {
  code: ErrorCode;
  detail: string | null;
  sentences?: readonly Sentence[];
}

function updateState(
  db: Queryable,
  to: SubmissionState,
  { evaluationId, leaseToken }: Pick<Change, 'evaluationId' | 'leaseToken'>,
) {
  const keepsLease = to === 'checking' || to === 'running';
  return db
    .updateTable('evaluations')
    .set({
      state: to,
      [`${to}At`]: sql<Date>`now()`,
      ...(keepsLease ? {} : { leaseOwner: null, leaseExpiresAt: null }),
    })
    .where('id', '=', evaluationId)
    .where('state', 'in', statesBefore(to))
    .$if(leaseToken !== undefined, (query) =>
      query.where('leaseToken', '=', leaseToken ?? 0).where('leaseOwner', 'is not', null),
    );
}
