import { HoldoutError } from '@holdout/contracts';
import { type Database, findUpload, type UploadRecord } from '@holdout/db';
import { type Caller, isMember } from '../caller.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The upload with this id, for the team that began it. All others are told that there is none.
 *
 * @throws HoldoutError `upload_not_found`
 */
export async function findOwnUpload(database: Database, caller: Caller, id: string): Promise<UploadRecord> {
  const upload = uuidPattern.test(id) ? await findUpload(database, id) : null;
  if (!upload) throw new HoldoutError('upload_not_found');
  const { competitionId } = await findPhaseOrThrow(database, upload);
  if (isMember(caller, { teamId: upload.teamId, competitionId })) return upload;
  throw new HoldoutError('upload_not_found');
}
