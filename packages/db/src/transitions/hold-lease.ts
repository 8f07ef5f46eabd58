import type { CheckWarning } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { tellProgress } from './notify-change.js';
import { storableSentence, storableText } from './storable-text.js';

/** Whether a worker may go on: `lost` and `cancelled` say stop, and that nothing was written. */
export type LeaseState = 'held' | 'lost' | 'cancelled';

interface Held {
  evaluationId: string;
  leaseToken: number;
}

/** Prolongs the lease, counted from now. One that expired is still held while nobody took it over. */
export async function renewLease(
  db: Queryable,
  { evaluationId, leaseToken, leaseSeconds }: Held & { leaseSeconds: number },
): Promise<LeaseState> {
  const result = await db
    .updateTable('evaluations')
    .set({ leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})` })
    .where('id', '=', evaluationId)
    .where('leaseToken', '=', leaseToken)
    .where('leaseOwner', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n ? 'held' : whyNotHeld(db, evaluationId);
}

interface Progress {
  stage: 'checking' | 'running';
  imagesDone: number;
  imagesTotal: number;
}

/** Images done of images in all; said to those who watch. How often is the caller's to limit. */
export async function recordProgress(
  db: Queryable,
  { evaluationId, leaseToken, ...progress }: Held & Progress,
): Promise<LeaseState> {
  return recordReport(db, { evaluationId, leaseToken, lines: [], progress });
}

/** Adds lines to the log that the team sees, and says how far its bundle is, where that is given. */
export async function recordReport(
  db: Queryable,
  { evaluationId, leaseToken, lines, progress }: Held & { lines: readonly string[]; progress: Progress | null },
): Promise<LeaseState> {
  return db.transaction().execute(async (trx) => {
    const isHeld = progress
      ? await writeProgress(trx, { evaluationId, leaseToken }, progress)
      : await lockHeld(trx, { evaluationId, leaseToken });
    if (!isHeld) return whyNotHeld(trx, evaluationId);
    const log = lines.map((line) => ({ kind: 'log', data: { line: storableText(line) } }) as const);
    await tellProgress(trx, evaluationId, progress ? [...log, { kind: 'progress', data: progress }] : log);
    return 'held';
  });
}

/** Says that from now on the bundle's own code may be running: a worker that is lost now may have been killed by it. */
export async function recordBundleStart(db: Queryable, { evaluationId, leaseToken }: Held): Promise<LeaseState> {
  const result = await db
    .updateTable('evaluations')
    .set({ bundleStartedAt: sql<Date>`now()` })
    .where('id', '=', evaluationId)
    .where('leaseToken', '=', leaseToken)
    .where('leaseOwner', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n ? 'held' : whyNotHeld(db, evaluationId);
}

/** Adds lines to the log that the team sees. */
export async function appendLog(
  db: Queryable,
  { lines, ...held }: Held & { lines: readonly string[] },
): Promise<LeaseState> {
  return recordReport(db, { ...held, lines, progress: null });
}

/** Keeps what looked wrong in the check, and says it to those who watch. */
export async function recordWarnings(
  db: Queryable,
  { evaluationId, leaseToken, warnings }: Held & { warnings: readonly CheckWarning[] },
): Promise<LeaseState> {
  const storable = warnings.map(({ code, message, sentence }) => ({
    code,
    message: storableText(message),
    ...(sentence ? { sentence: storableSentence(sentence) } : {}),
  }));
  return db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable('evaluations')
      .set({ checkWarnings: JSON.stringify(storable) })
      .where('id', '=', evaluationId)
      .where('leaseToken', '=', leaseToken)
      .where('leaseOwner', 'is not', null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return whyNotHeld(trx, evaluationId);
    const events = storable.map((data) => ({ kind: 'warning', data }) as const);
    await tellProgress(trx, evaluationId, events);
    return 'held';
  });
}

/**
 * Hands an evaluation back before its lease expires, for another worker to claim: on shutdown, or where something of ours
 * was out of reach. The state stays.
 *
 * @param held.costsAttempt - false where the work itself was not to blame, as on shutdown
 * @param held.waitSeconds - until then nobody claims it: what was out of reach may need a moment
 * @returns false where the lease was lost already
 */
export async function releaseLease(
  db: Queryable,
  { evaluationId, leaseToken, costsAttempt, waitSeconds = 0 }: Held & { costsAttempt: boolean; waitSeconds?: number },
): Promise<boolean> {
  const refund = costsAttempt ? 0 : 1;
  const leaseExpiresAt = waitSeconds > 0 ? sql<Date>`now() + make_interval(secs => ${waitSeconds})` : null;
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('evaluations')
      .select('state')
      .where('id', '=', evaluationId)
      .where('leaseToken', '=', leaseToken)
      .where('leaseOwner', 'is not', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return false;
    // The evaluating worker's role may not write the attempts of scoring, not even unchanged.
    const attempts = row.state === 'scoring' ? 'scoringAttempts' : 'attempts';
    await trx
      .updateTable('evaluations')
      .set((columns) => ({
        leaseOwner: null,
        leaseExpiresAt,
        [attempts]: columns(attempts, '-', refund),
      }))
      .where('id', '=', evaluationId)
      .execute();
    return true;
  });
}

/** @returns false where it is another's */
async function writeProgress(
  trx: Queryable,
  { evaluationId, leaseToken }: Held,
  { stage, imagesDone, imagesTotal }: Progress,
): Promise<boolean> {
  const result = await trx
    .updateTable('evaluations')
    .set({ progressStage: stage, imagesDone, imagesTotal })
    .where('id', '=', evaluationId)
    .where('leaseToken', '=', leaseToken)
    .where('leaseOwner', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** @returns false where it is another's */
async function lockHeld(trx: Queryable, { evaluationId, leaseToken }: Held): Promise<boolean> {
  const held = await trx
    .selectFrom('evaluations')
    .select('id')
    .where('id', '=', evaluationId)
    .where('leaseToken', '=', leaseToken)
    .where('leaseOwner', 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  return held !== undefined;
}

async function whyNotHeld(db: Queryable, evaluationId: string): Promise<LeaseState> {
  const row = await db.selectFrom('evaluations').select('state').where('id', '=', evaluationId).executeTakeFirst();
  return row?.state === 'cancelled' ? 'cancelled' : 'lost';
}
