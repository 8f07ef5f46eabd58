import { HoldoutError } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { insertAudit } from './audit-log.js';

export interface OrganiserRecord {
  userId: string;
  name: string;
  email: string;
  since: Date;
}

/**
 * Makes a person an organiser of a competition; one who is stays one.
 *
 * @throws HoldoutError `organiser_refused` for who takes part in it: an organiser knows what is hidden
 */
export async function insertOrganiser(
  db: Queryable,
  { actor, competitionId, userId }: { competitionId: string; userId: string; actor: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow();
    const participation = await trx
      .selectFrom('teamMembers')
      .innerJoin('participations', 'participations.teamId', 'teamMembers.teamId')
      .innerJoin('teams', 'teams.id', 'teamMembers.teamId')
      .select('teams.name')
      .where('teamMembers.userId', '=', userId)
      .where('participations.competitionId', '=', competitionId)
      .executeTakeFirst();
    if (participation) {
      throw new HoldoutError('organiser_refused', {
        detail: `They take part in it, in the team ${participation.name}.`,
      });
    }
    const inserted = await trx
      .insertInto('competitionOrganisers')
      .values({ competitionId, userId })
      .onConflict((conflict) => conflict.columns(['competitionId', 'userId']).doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) return;
    const audit = { actor, action: 'organiser.add', competitionId, subject: userId, before: null, after: { userId } };
    await insertAudit(trx, audit);
  });
}

/** @throws HoldoutError `organiser_not_found`; `last_organiser` where nobody else organises it */
export async function deleteOrganiser(
  db: Queryable,
  { actor, competitionId, userId }: { competitionId: string; userId: string; actor: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two who take each other out at once must not both succeed: each locks all the rows, in one order.
    const organisers = await trx
      .selectFrom('competitionOrganisers')
      .select('userId')
      .where('competitionId', '=', competitionId)
      .orderBy('userId')
      .forUpdate()
      .execute();
    if (!organisers.some((each) => each.userId === userId)) throw new HoldoutError('organiser_not_found');
    if (organisers.length === 1) throw new HoldoutError('last_organiser');
    await trx
      .deleteFrom('competitionOrganisers')
      .where('competitionId', '=', competitionId)
      .where('userId', '=', userId)
      .execute();
    const audit = {
      actor,
      action: 'organiser.remove',
      competitionId,
      subject: userId,
      before: { userId },
      after: null,
    };
    await insertAudit(trx, audit);
  });
}

export async function listOrganisers(db: Queryable, competitionId: string): Promise<OrganiserRecord[]> {
  return await db
    .selectFrom('competitionOrganisers')
    .innerJoin('users', 'users.id', 'competitionOrganisers.userId')
    .select(['users.id as userId', 'users.name', 'users.email', 'competitionOrganisers.since'])
    .where('competitionId', '=', competitionId)
    .orderBy('users.name')
    .execute();
}
