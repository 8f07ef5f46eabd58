import { HoldoutError } from '@holdout/contracts';
import { type Database, findOwnership, findSubmission, type SubmissionRecord } from '@holdout/db';
import type { FastifyRequest } from 'fastify';
import { authenticate, type Doors } from '../authenticate.js';
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
  if (submission && mayLook(caller, submission)) return submission;
  throw new HoldoutError('submission_not_found');
}

/** Whether a request that goes on for hours is still of somebody who may see this submission. */
export async function isStillOwn(doors: Doors, request: FastifyRequest, id: string): Promise<boolean> {
  try {
    const [caller, ownership] = await Promise.all([authenticate(doors, request), findOwnership(doors.database, id)]);
    return caller !== null && ownership !== null && mayLook(caller, ownership);
  } catch (error) {
    if (error instanceof HoldoutError && error.code === 'token_unknown') return false;
    throw error;
  }
}

function mayLook(caller: Caller, ownership: { teamId: string; competitionId: string }): boolean {
  return isOrganiser(caller, ownership) || isMember(caller, ownership);
}
