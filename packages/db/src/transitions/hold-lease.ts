import type { CheckWarning } from '@holdout/contracts';
import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import { changeAndTell } from './notify-change.js';
import { listReported, type Progress, type Report, reportedColumns } from './report.js';
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
  const result = await updateHeld(db, { evaluationId, leaseToken })
    .set({ leaseExpiresAt: sql<Date>`now() + make_interval(secs => ${leaseSeconds})` })
    .executeTakeFirst();
  return result.numUpdatedRows > 0n ? 'held' : whyNotHeld(db, evaluationId);
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
  { evaluationId, leaseToken, lines, progress }: Held & Report,
): Promise<LeaseState> {
  const report = { lines, progress };
  // A row that nothing changes of is written too: so it is locked.
  const columns = progress ? reportedColumns(report) : { leaseToken };
  const update = updateHeld(db, { evaluationId, leaseToken }).set(columns);
  const told = await changeAndTell(db, update, listReported(report), { progress: true });
  return told ? 'held' : whyNotHeld(db, evaluationId);
}

/** Says that from now on the bundle's own code may be running: a worker that is lost now may have been killed by it. */
export async function recordBundleStart(db: Queryable, { evaluationId, leaseToken }: Held): Promise<LeaseState> {
  const result = await updateHeld(db, { evaluationId, leaseToken })
    .set({ bundleStartedAt: sql<Date>`now()` })
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
  const update = updateHeld(db, { evaluationId, leaseToken }).set({ checkWarnings: JSON.stringify(storable) });
  const events = storable.map((data) => ({ kind: 'warning', data }) as const);
  const told = await changeAndTell(db, update, events, { progress: true });
  return told ? 'held' : whyNotHeld(db, evaluationId);
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

/** Of the row of an evaluation, while its lease is this one. */
function updateHeld(db: Queryable, { evaluationId, leaseToken }: Held) {
  return db
    .updateTable('evaluations')
    .where('id', '=', evaluationId)
    .where('leaseToken', '=', leaseToken)
    .where('leaseOwner', 'is not', null);
}

async function whyNotHeld(db: Queryable, evaluationId: string): Promise<LeaseState> {
  const row = await db.selectFrom('evaluations').select('state').where('id', '=', evaluationId).executeTakeFirst();
  return row?.state === 'cancelled' ? 'cancelled' : 'lost';
}
