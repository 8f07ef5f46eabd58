import { HoldoutError } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { UploadRefusal } from '../schema.js';
import { lockTeam } from './quotas.js';
import { refuseMerged } from './teams.js';

/** A bundle that comes in parts: what is known of it beside its bytes. */
export interface UploadRecord {
  id: string;
  teamId: string;
  team: string;
  phaseId: string;
  competition: string;
  phase: string;
  sizeBytes: number;
  metadata: Readonly<Record<string, string | null>>;
  /** What became of it: one of the two when it has ended, neither before. */
  submissionId: string | null;
  refusal: UploadRefusal | null;
  createdAt: Date;
  /** Becomes no submission of its own. */
  partial: boolean;
  /** The partial uploads that it puts together, in their order. */
  concatenates: readonly string[] | null;
}

type NewUpload = Pick<UploadRecord, 'id' | 'teamId' | 'phaseId' | 'sizeBytes' | 'metadata'> &
  Partial<Pick<UploadRecord, 'partial' | 'concatenates'>>;

interface BegunUpload {
  /** Of the upload; where the same parts were put together before, of that one. */
  readonly id: string;
  /** Those that were removed for it. */
  readonly removed: readonly string[];
}

/**
 * Begins an upload. A team has at most `limit` that have not ended: a further one takes the place of the oldest, so that
 * uploads which nobody will finish fill no disk and block nobody. Those that another one puts together are not counted.
 *
 * @throws HoldoutError `team_not_found` where the team was merged into another meanwhile
 */
export async function insertUpload(
  db: Queryable,
  { metadata, concatenates = null, ...upload }: NewUpload,
  { limit }: { limit: number },
): Promise<BegunUpload> {
  return await db.transaction().execute(async (trx) => {
    await lockTeam(trx, upload.teamId);
    await refuseMerged(trx, upload.teamId);
    // One that puts others together is asked for again where its answer was lost.
    const before = concatenates && (await findConcatenation(trx, { ...upload, concatenates }));
    if (before !== null) return { id: before, removed: [] };
    await trx
      .insertInto('uploads')
      .values({ ...upload, metadata: JSON.stringify(metadata), concatenates: concatenates && [...concatenates] })
      .execute();
    const removed = await trx
      .deleteFrom('uploads')
      .where('id', 'in', (query) =>
        query
          .selectFrom('uploads')
          .select('id')
          .where('teamId', '=', upload.teamId)
          .where('endedAt', 'is', null)
          .where('id', 'not in', listConcatenated(trx, upload.teamId))
          .orderBy('createdAt', 'desc')
          .offset(limit),
      )
      .returning('id')
      .execute();
    return { id: upload.id, removed: removed.map(({ id }) => id) };
  });
}

/** The upload of a team that puts these together, in this order; null where there is none. */
export async function findConcatenation(
  db: Queryable,
  { teamId, phaseId, concatenates }: { teamId: string; phaseId: string; concatenates: readonly string[] },
): Promise<string | null> {
  const row = await db
    .selectFrom('uploads')
    .select('id')
    .where('teamId', '=', teamId)
    .where('phaseId', '=', phaseId)
    .where(sql<boolean>`concatenates = ${[...concatenates]}::uuid[]`)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Those that are being put together: their bytes are wanted until the whole has ended. */
function listConcatenated(db: Queryable, teamId: string) {
  return db
    .selectFrom('uploads')
    .select(sql<string>`unnest(concatenates)`.as('part'))
    .where('teamId', '=', teamId)
    .where('endedAt', 'is', null)
    .where('concatenates', 'is not', null);
}

/**
 * Locks the team that an upload is of now: it may have been merged into another since the upload was read. A bundle that
 * came whole has no upload, and is of the team that sent it.
 *
 * @returns the team's id
 * @throws HoldoutError `upload_not_found` where it was removed
 */
export async function lockTeamOfUpload(
  trx: Queryable,
  uploadId: string | undefined,
  senderId: string,
): Promise<string> {
  for (let teamId = senderId; ; ) {
    await lockTeam(trx, teamId);
    if (uploadId === undefined) return teamId;
    const upload = await trx.selectFrom('uploads').select('teamId').where('id', '=', uploadId).executeTakeFirst();
    if (!upload) throw new HoldoutError('upload_not_found');
    if (upload.teamId === teamId) return teamId;
    teamId = upload.teamId;
  }
}

export async function findUpload(db: Queryable, uploadId: string): Promise<UploadRecord | null> {
  return (await selectUploads(db).where('uploads.id', '=', uploadId).executeTakeFirst()) ?? null;
}

/** Those that have not ended, become a submission when they do, and are written to by nobody now; the oldest first. */
export async function listIdleUploads(db: Queryable): Promise<UploadRecord[]> {
  return await selectUploads(db)
    .where('uploads.endedAt', 'is', null)
    .where('uploads.partial', '=', false)
    .where((upload) =>
      upload.or([upload('uploads.lockOwner', 'is', null), upload('uploads.lockExpiresAt', '<', sql<Date>`now()`)]),
    )
    .orderBy('uploads.createdAt')
    .execute();
}

function selectUploads(db: Queryable) {
  return db
    .selectFrom('uploads')
    .innerJoin('teams', 'teams.id', 'uploads.teamId')
    .innerJoin('phases', 'phases.id', 'uploads.phaseId')
    .innerJoin('competitions', 'competitions.id', 'phases.competitionId')
    .select(['uploads.id', 'uploads.teamId', 'uploads.phaseId', 'uploads.sizeBytes', 'uploads.metadata'])
    .select(['uploads.submissionId', 'uploads.refusal', 'uploads.createdAt', 'uploads.partial', 'uploads.concatenates'])
    .select(['teams.name as team', 'competitions.slug as competition', 'phases.slug as phase']);
}

/** Ids of those whose bytes are still wanted. */
export async function listUnfinishedUploads(db: Queryable): Promise<string[]> {
  const rows = await db.selectFrom('uploads').select('id').where('endedAt', 'is', null).execute();
  return rows.map(({ id }) => id);
}

/** Keeps why it was refused. One that has ended meanwhile stays as it ended. */
export async function endUploadWithRefusal(
  db: Queryable,
  { uploadId, refusal }: { uploadId: string; refusal: UploadRefusal },
): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ refusal: JSON.stringify(refusal), endedAt: sql<Date>`now()` })
    .where('id', '=', uploadId)
    .where('endedAt', 'is', null)
    .execute();
}

/**
 * In the transaction that makes the submission.
 *
 * @throws HoldoutError `upload_not_found` where it was removed, or refused, meanwhile
 */
export async function endUploadWithSubmission(
  trx: Queryable,
  { uploadId, submissionId }: { uploadId: string; submissionId: string },
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('uploads')
    .set({ submissionId, endedAt: sql<Date>`now()` })
    .where('id', '=', uploadId)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new HoldoutError('upload_not_found');
}

/** The submission that an upload has made already, with the evaluation that it began with. */
export async function findSubmissionOfUpload(
  trx: Queryable,
  uploadId: string,
): Promise<{ submissionId: string; evaluationId: string } | null> {
  const row = await trx
    .selectFrom('uploads')
    .innerJoin('evaluations', 'evaluations.submissionId', 'uploads.submissionId')
    .select(['evaluations.submissionId', 'evaluations.id as evaluationId'])
    .where('uploads.id', '=', uploadId)
    .where('evaluations.reproduces', 'is', null)
    .orderBy('evaluations.queuedAt')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Forgets the partial uploads that one was put together from. */
export async function deleteConcatenated(db: Queryable, uploadIds: readonly string[]): Promise<void> {
  await db.deleteFrom('uploads').where('id', 'in', uploadIds).where('partial', '=', true).execute();
}

export async function deleteUpload(db: Queryable, uploadId: string): Promise<void> {
  await db.deleteFrom('uploads').where('id', '=', uploadId).execute();
}

/**
 * Forgets uploads that were begun so long ago and have not ended, and those that ended so long ago.
 *
 * @returns their ids
 */
export async function removeExpiredUploads(
  db: Queryable,
  { afterMilliseconds }: { afterMilliseconds: number },
): Promise<string[]> {
  const rows = await db
    .deleteFrom('uploads')
    .where(
      sql<boolean>`coalesce(ended_at, created_at) < now() - make_interval(secs => ${afterMilliseconds / 1000}::float8)`,
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
