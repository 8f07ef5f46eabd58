import { type Canceller, HoldoutError } from '@holdout/contracts';
import { cancelEvaluation, type Database, findSubmission, type SubmissionRecord } from '@holdout/db';

/**
 * Ends a submission that has not ended. A worker that is at it notices when it next renews its lease.
 *
 * @throws HoldoutError `submission_final` where it ended before.
 */
export async function cancelSubmission(
  database: Database,
  submission: SubmissionRecord,
  by: Canceller,
): Promise<SubmissionRecord> {
  const cancelled = await cancelEvaluation(database, { evaluationId: submission.evaluationId, by });
  const now = (await findSubmission(database, submission.id)) ?? submission;
  if (!cancelled) throw new HoldoutError('submission_final', { detail: `It is ${now.state}.` });
  return now;
}
