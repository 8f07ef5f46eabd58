import { HoldoutError } from '@holdout/contracts';
import { type Database, findSubmission, type SubmissionRecord } from '@holdout/db';
import type { Caller } from '../authenticate.js';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The submission with this id, for its team or an organiser. Others are told that there is none,
 * so that ids can't be tried out.
 *
 * @throws HoldoutError `submission_not_found`
 */
export async function findOwnSubmission(database: Database, caller: Caller, id: string): Promise<SubmissionRecord> {
  const submission = uuidPattern.test(id) ? await findSubmission(database, id) : null;
  if (submission && (caller.organiser || caller.team?.id === submission.teamId)) return submission;
  throw new HoldoutError('submission_not_found');
}
