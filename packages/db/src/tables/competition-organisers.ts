import type { Queryable } from '../open-database.js';

export interface OrganiserRecord {
  userId: string;
  name: string;
  email: string;
  since: Date;
}

/** @returns false where the person was one already */
export async function insertOrganiser(
  db: Queryable,
  organiser: { competitionId: string; userId: string },
): Promise<boolean> {
  const inserted = await db
    .insertInto('competitionOrganisers')
    .values(organiser)
    .onConflict((conflict) => conflict.columns(['competitionId', 'userId']).doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** @returns false where the person was none */
export async function deleteOrganiser(
  db: Queryable,
  { competitionId, userId }: { competitionId: string; userId: string },
): Promise<boolean> {
  const deleted = await db
    .deleteFrom('competitionOrganisers')
    .where('competitionId', '=', competitionId)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return deleted.numDeletedRows > 0n;
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
