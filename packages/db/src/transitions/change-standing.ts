import type { Standing } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { insertAudit } from '../tables/audit-log.js';
import { lockTeamOf } from '../tables/quotas.js';
import { readStanding } from '../tables/standings.js';
import { countEntry } from './count-entry.js';
import { notifyChange } from './notify-change.js';

interface StandingChange {
  submissionId: string;
  standing: Standing;
  /** Needed to disqualify. */
  reason: string | null;
  actor: string;
}

const actions: Record<Standing, string> = {
  counted: 'submission.restore',
  withdrawn: 'submission.withdraw',
  disqualified: 'submission.disqualify',
};

/**
 * Takes a submission out of the board, or brings it back: the standing, the team's entry and the audit log, in one
 * transaction. What was scored stays, and so does every earlier standing.
 *
 * @returns false where it stands so already; nothing was written
 */
export function changeStanding(db: Queryable, change: StandingChange): Promise<boolean> {
  const { submissionId, standing, reason, actor } = change;
  return db.transaction().execute(async (trx) => {
    const place = await trx
      .selectFrom('submissions')
      .innerJoin('phases', 'phases.id', 'submissions.phaseId')
      .select(['submissions.phaseId', 'phases.testSetVersionId', 'phases.nextTestSetVersionId', 'phases.competitionId'])
      .where('submissions.id', '=', submissionId)
      .executeTakeFirstOrThrow();
    const { competitionId, phaseId } = place;
    const teamId = await lockTeamOf(trx, submissionId);
    const before = await readStanding(trx, submissionId);
    if (before.standing === standing) return false;
    await trx.insertInto('submissionStandings').values({ submissionId, standing, reason }).execute();
    const after = { standing, reason };
    await insertAudit(trx, { actor, action: actions[standing], competitionId, subject: submissionId, before, after });
    for (const testSetVersionId of [place.testSetVersionId, place.nextTestSetVersionId]) {
      if (testSetVersionId !== null) await countEntry(trx, { phaseId, testSetVersionId, teamId });
    }
    const evaluations = await trx
      .selectFrom('evaluations')
      .select('id')
      .where('submissionId', '=', submissionId)
      .where('reproduces', 'is', null)
      .execute();
    for (const { id } of evaluations) await notifyChange(trx, id);
    return true;
  });
}
