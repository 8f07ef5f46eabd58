import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';

interface UploadLock {
  uploadId: string;
  /** Who holds it: one request. */
  owner: string;
}

/**
 * Takes the right to write to an upload for `seconds`, or says that somebody waits for it.
 *
 * @returns `gone` where there is no such upload
 */
export async function takeUploadLock(
  db: Queryable,
  { uploadId, owner, seconds }: UploadLock & { seconds: number },
): Promise<'taken' | 'held' | 'gone'> {
  const taken = await db
    .updateTable('uploads')
    .set({ lockOwner: owner, lockExpiresAt: inSeconds(seconds), lockWanted: false })
    .where('id', '=', uploadId)
    .where((upload) => upload.or([upload('lockOwner', 'is', null), upload('lockExpiresAt', '<', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (taken.numUpdatedRows > 0n) return 'taken';
  const wanted = await db
    .updateTable('uploads')
    .set({ lockWanted: true })
    .where('id', '=', uploadId)
    .executeTakeFirst();
  return wanted.numUpdatedRows > 0n ? 'held' : 'gone';
}

/** Holds it for `seconds` more. @returns whether it must be given up: another one waits, or has it already */
export async function keepUploadLock(
  db: Queryable,
  { uploadId, owner, seconds }: UploadLock & { seconds: number },
): Promise<'keep' | 'give up'> {
  const row = await db
    .updateTable('uploads')
    .set({ lockExpiresAt: inSeconds(seconds) })
    .where('id', '=', uploadId)
    .where('lockOwner', '=', owner)
    .returning('lockWanted')
    .executeTakeFirst();
  return row && !row.lockWanted ? 'keep' : 'give up';
}

export async function freeUploadLock(db: Queryable, { uploadId, owner }: UploadLock): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ lockOwner: null, lockExpiresAt: null })
    .where('id', '=', uploadId)
    .where('lockOwner', '=', owner)
    .execute();
}

function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds}::float8)`;
}
