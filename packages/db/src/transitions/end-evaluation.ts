import type { Canceller, ErrorCode, Sentence } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { changeState, endForReason } from './change-state.js';
import { storableSentence, storableText } from './storable-text.js';

interface Ending {
  evaluationId: string;
  /** The worker's claim: a worker that lost it ends nothing. */
  leaseToken: number;
  code: ErrorCode;
  /** What the team is told besides the code's own sentence; for a fault of ours, what only the log is told. */
  detail?: string;
  /** What the detail is made of, where it is made of such. */
  sentences?: readonly Sentence[];
}

/**
 * checking, running → rejected: the bundle's fault.
 *
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 */
export function rejectEvaluation(db: Queryable, ending: Ending): Promise<boolean> {
  return end(db, 'rejected', ending);
}

/**
 * Any state before scored → failed: our fault, and no use in trying again.
 *
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 */
export function failEvaluation(db: Queryable, ending: Ending): Promise<boolean> {
  return end(db, 'failed', ending);
}

/**
 * Any state before scored → cancelled, whoever holds it: the worker learns it when it next writes.
 *
 * @returns false where the evaluation has ended
 */
export function cancelEvaluation(
  db: Queryable,
  { evaluationId, by }: { evaluationId: string; by: Canceller },
): Promise<boolean> {
  return changeState(db, 'cancelled', { evaluationId, cancelledBy: by });
}

function end(
  db: Queryable,
  to: 'rejected' | 'failed',
  { evaluationId, leaseToken, code, detail, sentences = [] }: Ending,
) {
  const reason = {
    code,
    detail: detail === undefined ? null : storableText(detail),
    sentences: sentences.map(storableSentence),
  };
  return db.transaction().execute((trx) => endForReason(trx, to, { evaluationId, leaseToken, reason }));
}
