import { HoldoutError, makeSentence } from '@holdout/contracts';
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
    const users = trx.selectFrom('users').select(['id', 'name', 'email']).where('id', '=', userId);
    const user = await users.forUpdate().executeTakeFirstOrThrow();
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
        sentences: [makeSentence('organiser_takes_part', { team: participation.name })],
      });
    }
    const inserted = await trx
      .insertInto('competitionOrganisers')
      .values({ competitionId, userId })
      .onConflict((conflict) => conflict.columns(['competitionId', 'userId']).doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) return;
    const { subject, person } = describePerson(user);
    await insertAudit(trx, { actor, action: 'organiser.add', competitionId, subject, before: null, after: person });
  });
}

/**
 * The last one can go too: site administrators organise every competition.
 *
 * @throws HoldoutError `organiser_not_found`
 */
export async function deleteOrganiser(
  db: Queryable,
  { actor, competitionId, userId }: { competitionId: string; userId: string; actor: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const deleted = await trx
      .deleteFrom('competitionOrganisers')
      .where('competitionId', '=', competitionId)
      .where('userId', '=', userId)
      .executeTakeFirst();
    if (deleted.numDeletedRows === 0n) throw new HoldoutError('organiser_not_found');
    const users = trx.selectFrom('users').select(['id', 'name', 'email']).where('id', '=', userId);
    const { subject, person } = describePerson(await users.executeTakeFirstOrThrow());
    await insertAudit(trx, { actor, action: 'organiser.remove', competitionId, subject, before: person, after: null });
  });
}

/** In words that outlive the account, as of who acts. */
function describePerson({ id, name, email }: { id: string; name: string; email: string }) {
  return { subject: `${name} <${email}>`, person: { userId: id, name, email } };
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
