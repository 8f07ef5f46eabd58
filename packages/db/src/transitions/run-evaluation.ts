import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { changeState } from './change-state.js';

interface Held {
  evaluationId: string;
  leaseToken: number;
}

/**
 * checking → running: the bundle passed the check on the sample. The lease goes on.
 *
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 */
export function startRunning(db: Queryable, { evaluationId, leaseToken }: Held): Promise<boolean> {
  return db.transaction().execute((trx) => changeState(trx, 'running', { evaluationId, leaseToken }));
}

/**
 * running → scoring: the predictions are in storage. The lease ends; ring the bell for the scoring worker.
 *
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 */
export function finishRunning(
  db: Queryable,
  {
    evaluationId,
    leaseToken,
    predictionsDigest,
    provenance,
  }: Held & { predictionsDigest: string; provenance: Provenance },
): Promise<boolean> {
  const result = { predictionsDigest, provenance: JSON.stringify(provenance) };
  return db.transaction().execute((trx) => changeState(trx, 'scoring', { evaluationId, leaseToken, ...result }));
}
