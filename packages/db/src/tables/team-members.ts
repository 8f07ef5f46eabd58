import { HoldoutError } from '@holdout/contracts';
import { isUniqueViolation } from '../constraint-error.js';
import type { Queryable } from '../open-database.js';
import type { TeamRole } from '../schema.js';
import { lockTeam } from './quotas.js';
import { refuseMerged } from './teams.js';

interface Membership {
  teamId: string;
  userId: string;
}

/**
 * Runs what changes a team's people, as the only one who does: the team's row is locked.
 *
 * @throws HoldoutError `team_not_found` where the team was merged; `already_in_team` where a person would be in two teams
 *   of one competition; whatever `change` throws. Nothing has changed then.
 */
export async function changeTeam<T>(db: Queryable, teamId: string, change: (trx: Queryable) => Promise<T>): Promise<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      await lockTeam(trx, teamId);
      await refuseMerged(trx, teamId);
      return await change(trx);
    });
  } catch (error) {
    throw isUniqueViolation(error, 'one_team_per_competition') ? new HoldoutError('already_in_team') : error;
  }
}

/** @throws HoldoutError `team_not_found`; `team_role_refused` where the team would be left without an owner */
export async function changeRole(
  db: Queryable,
  { role, ...membership }: Membership & { role: TeamRole },
): Promise<void> {
  await changeTeam(db, membership.teamId, async (trx) => {
    if (role === 'member') await demandOtherOwner(trx, membership);
    const changed = await whereMember(trx.updateTable('teamMembers').set({ role }), membership).executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw new HoldoutError('team_not_found');
  });
}

/** @throws HoldoutError the same as `changeRole` */
export async function removeMember(db: Queryable, membership: Membership): Promise<void> {
  await changeTeam(db, membership.teamId, async (trx) => {
    await demandOtherOwner(trx, membership);
    const removed = await whereMember(trx.deleteFrom('teamMembers'), membership).executeTakeFirst();
    if (removed.numDeletedRows === 0n) throw new HoldoutError('team_not_found');
  });
}

/**
 * Those who organise a competition, and site administrators, know what is hidden in it, and take no part.
 *
 * @throws HoldoutError `join_refused` where a member of the team does so in one of the team's competitions
 */
export async function refuseOrganisers(trx: Queryable, teamId: string): Promise<void> {
  // Who is made an organiser at this moment waits, and is seen or sees: `insertOrganiser` locks the same rows.
  await trx
    .selectFrom('users')
    .select('id')
    .where('id', 'in', trx.selectFrom('teamMembers').select('userId').where('teamId', '=', teamId))
    .orderBy('id')
    .forShare()
    .execute();
  const found = await trx
    .selectFrom('participations')
    .innerJoin('teamMembers', 'teamMembers.teamId', 'participations.teamId')
    .innerJoin('users', 'users.id', 'teamMembers.userId')
    .leftJoin('competitionOrganisers', (join) =>
      join
        .onRef('competitionOrganisers.userId', '=', 'users.id')
        .onRef('competitionOrganisers.competitionId', '=', 'participations.competitionId'),
    )
    .select('users.name')
    .where('participations.teamId', '=', teamId)
    .where((where) =>
      where.or([where('users.siteAdmin', '=', true), where('competitionOrganisers.userId', 'is not', null)]),
    )
    .limit(1)
    .executeTakeFirst();
  if (found) throw new HoldoutError('join_refused', { detail: `${found.name} organises a competition of this team.` });
}

async function demandOtherOwner(trx: Queryable, { teamId, userId }: Membership): Promise<void> {
  const owners = await trx
    .selectFrom('teamMembers')
    .select('userId')
    .where('teamId', '=', teamId)
    .where('role', '=', 'owner')
    .execute();
  if (owners.length === 1 && owners[0]?.userId === userId) throw new HoldoutError('team_role_refused');
}

interface Filterable<T> {
  where(column: 'teamId' | 'userId', operator: '=', value: string): T;
}

function whereMember<T extends Filterable<T>>(query: T, { teamId, userId }: Membership): T {
  return query.where('teamId', '=', teamId).where('userId', '=', userId);
}
