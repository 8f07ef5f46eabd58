import { HoldoutError } from '@holdout/contracts';
import { type Database, findSubmission, type SubmissionRecord } from '@holdout/db';
import { type Caller, isMember, isOrganiser } from '../caller.js';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The submission with this id, for its team or an organiser of its competition. Others are told that there is none,
 * so that ids can't be tried out.
 *
 * @throws HoldoutError `submission_not_found`
 */
export async function findOwnSubmission(database: Database, caller: Caller, id: string): Promise<SubmissionRecord> {
  const submission = uuidPattern.test(id) ? await findSubmission(database, id) : null;
  if (submission && (isOrganiser(caller, submission) || isMember(caller, submission))) return submission;
  throw new HoldoutError('submission_not_found');
}
