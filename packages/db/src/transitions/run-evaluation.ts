import type { Queryable } from '../open-database.js';
import type { Provenance } from '../schema.js';
import { changeState } from './change-state.js';
import type { Report } from './report.js';

interface Held {
  evaluationId: string;
  leaseToken: number;
}

/**
 * checking → running: the bundle passed the check on the sample. The lease goes on.
 *
 * @param held.report - what of the check is not written yet
 * @returns false where the lease is lost or the evaluation has ended; nothing was written
 */
export function startRunning(
  db: Queryable,
  { evaluationId, leaseToken, report }: Held & { report?: Report | undefined },
): Promise<boolean> {
  return changeState(db, 'running', { evaluationId, leaseToken, report });
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
  const columns = { predictionsDigest, provenance: JSON.stringify(provenance) };
  return changeState(db, 'scoring', { evaluationId, leaseToken, columns });
}
