import { HoldoutError } from '@holdout/contracts';
import { isUniqueViolation } from '../constraint-error.js';
import type { Queryable } from '../open-database.js';
import type { TeamRole } from '../schema.js';

export interface TeamRecord {
  id: string;
  name: string;
}

/** A team with all that its members may know of it. */
export interface TeamDetails extends TeamRecord {
  members: { id: string; name: string; email: string; role: TeamRole; joinedAt: Date }[];
  competitions: { competition: string; rulesVersion: number; joinedAt: Date }[];
}

/** @returns its id */
export async function insertTeam(db: Queryable, name: string): Promise<string> {
  const { id } = await db.insertInto('teams').values({ name }).returning('id').executeTakeFirstOrThrow();
  return id;
}

/**
 * A new team with the person who makes it as its owner.
 *
 * @throws HoldoutError `team_name_taken`
 */
export async function insertTeamOf(
  db: Queryable,
  { name, ownerId }: { name: string; ownerId: string },
): Promise<string> {
  try {
    return await db.transaction().execute(async (trx) => await addTeamOf(trx, { name, ownerId }));
  } catch (error) {
    throw isUniqueViolation(error, 'teams_name_key') ? new HoldoutError('team_name_taken') : error;
  }
}

/** The same in a transaction of the caller's. */
export async function addTeamOf(trx: Queryable, { name, ownerId }: { name: string; ownerId: string }): Promise<string> {
  const teamId = await insertTeam(trx, name);
  await trx.insertInto('teamMembers').values({ teamId, userId: ownerId, role: 'owner' }).execute();
  return teamId;
}

/** A team by its name; where it was merged into another, that one. */
export async function findTeam(db: Queryable, name: string): Promise<TeamRecord | null> {
  const teams = db.selectFrom('teams').select(['id', 'name', 'mergedInto']);
  let team = await teams.where('name', '=', name).executeTakeFirst();
  while (team?.mergedInto) team = await teams.where('id', '=', team.mergedInto).executeTakeFirst();
  return team ? { id: team.id, name: team.name } : null;
}

export async function readTeam(db: Queryable, teamId: string): Promise<TeamDetails | null> {
  const team = await db.selectFrom('teams').select(['id', 'name']).where('id', '=', teamId).executeTakeFirst();
  if (!team) return null;
  const members = await db
    .selectFrom('teamMembers')
    .innerJoin('users', 'users.id', 'teamMembers.userId')
    .select(['users.id', 'users.name', 'users.email', 'teamMembers.role', 'teamMembers.joinedAt'])
    .where('teamId', '=', teamId)
    .orderBy('teamMembers.joinedAt')
    .orderBy('users.name')
    .execute();
  const competitions = await db
    .selectFrom('participations')
    .innerJoin('competitions', 'competitions.id', 'participations.competitionId')
    .select(['competitions.slug as competition', 'participations.rulesVersion', 'participations.joinedAt'])
    .where('teamId', '=', teamId)
    .orderBy('competitions.slug')
    .execute();
  return { ...team, members, competitions };
}

/** Whoever has the team's lock: nothing is given to a team that is no more. @throws HoldoutError `team_not_found` */
export async function refuseMerged(trx: Queryable, teamId: string): Promise<void> {
  const { mergedInto } = await trx
    .selectFrom('teams')
    .select('mergedInto')
    .where('id', '=', teamId)
    .executeTakeFirstOrThrow();
  if (mergedInto !== null) throw new HoldoutError('team_not_found', { detail: 'It was merged into another team.' });
}
