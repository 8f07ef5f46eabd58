import type { SubmissionPlace } from '@holdout/contracts';
import { type Database, type PhaseRecord, readPlaceOnBoard, type SubmissionRecord } from '@holdout/db';

/** Where a submission stands on the present board, told only while anyone may read of that board. */
export async function readPlace(
  database: Database,
  { evaluationId }: SubmissionRecord,
  { id: phaseId, testSetVersionId, release, ranking }: PhaseRecord,
): Promise<SubmissionPlace> {
  const isTold = release.state === 'live' || release.state === 'final';
  const place = isTold ? await readPlaceOnBoard(database, { phaseId, testSetVersionId, evaluationId }) : null;
  // As on the board: statistics are of kappa, and not of what another metric ranks.
  const againstBestReader = ranking.by[0] === 'kappa' ? (place?.againstBestReader ?? null) : null;
  return { onBoard: place !== null, againstBestReader };
}
