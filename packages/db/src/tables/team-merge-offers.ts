import { HoldoutError } from '@holdout/contracts';
import type { Queryable } from '../open-database.js';
import { changeTeam } from './team-members.js';
import type { TeamRecord } from './teams.js';

interface Offer {
  /** The team that would go. */
  fromId: string;
  /** The team that would remain. */
  intoId: string;
}

export interface MergeOffer {
  from: TeamRecord;
  into: TeamRecord;
  offeredAt: Date;
}

/**
 * Offers a team to be merged into another one; the same offer again is left as it is.
 *
 * @returns the addresses of those who can accept it; none where it was there already
 * @throws HoldoutError `team_not_found` where either is not there, or was merged
 */
export async function insertMergeOffer(
  db: Queryable,
  { fromId, intoId, offeredBy }: Offer & { offeredBy: string },
): Promise<string[]> {
  return await changeTeam(db, fromId, async (trx) => {
    const into = await trx.selectFrom('teams').select('mergedInto').where('id', '=', intoId).executeTakeFirst();
    if (into?.mergedInto !== null)
      throw new HoldoutError('team_not_found', { detail: 'There is no team to merge into.' });
    const inserted = await trx
      .insertInto('teamMergeOffers')
      .values({ fromTeamId: fromId, intoTeamId: intoId, offeredBy })
      .onConflict((conflict) => conflict.columns(['fromTeamId', 'intoTeamId']).doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) return [];
    const owners = await trx
      .selectFrom('teamMembers')
      .innerJoin('users', 'users.id', 'teamMembers.userId')
      .select('users.email')
      .where('teamId', '=', intoId)
      .where('role', '=', 'owner')
      .execute();
    return owners.map(({ email }) => email);
  });
}

/** The offers that a team has made, and those that were made to it. */
export async function listMergeOffers(db: Queryable, teamId: string): Promise<MergeOffer[]> {
  const rows = await db
    .selectFrom('teamMergeOffers')
    .innerJoin('teams as fromTeam', 'fromTeam.id', 'teamMergeOffers.fromTeamId')
    .innerJoin('teams as intoTeam', 'intoTeam.id', 'teamMergeOffers.intoTeamId')
    .select(['fromTeamId', 'intoTeamId', 'fromTeam.name as fromName', 'intoTeam.name as intoName', 'offeredAt'])
    .where((where) => where.or([where('fromTeamId', '=', teamId), where('intoTeamId', '=', teamId)]))
    .orderBy('offeredAt')
    .execute();
  return rows.map((row) => ({
    from: { id: row.fromTeamId, name: row.fromName },
    into: { id: row.intoTeamId, name: row.intoName },
    offeredAt: row.offeredAt,
  }));
}

/** Declines or withdraws what two teams have offered each other. @throws HoldoutError `merge_offer_not_found` */
export async function deleteMergeOffers(db: Queryable, teamId: string, otherId: string): Promise<void> {
  const deleted = await db
    .deleteFrom('teamMergeOffers')
    .where('fromTeamId', 'in', [teamId, otherId])
    .where('intoTeamId', 'in', [teamId, otherId])
    .executeTakeFirst();
  if (deleted.numDeletedRows === 0n) throw new HoldoutError('merge_offer_not_found');
}
