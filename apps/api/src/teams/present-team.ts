import { HoldoutError, type Team } from '@holdout/contracts';
import { type Database, listInvitations, listMergeOffers, readTeam } from '@holdout/db';

/**
 * A team as its members see it.
 *
 * @throws HoldoutError `team_not_found`
 */
export async function presentTeam(database: Database, teamId: string): Promise<Team> {
  const team = await readTeam(database, teamId);
  if (!team) throw new HoldoutError('team_not_found');
  const offers = await listMergeOffers(database, teamId);
  const invitations = await listInvitations(database, teamId);
  return {
    id: team.id,
    name: team.name,
    members: team.members.map(({ id, name, email, role, joinedAt }) => ({
      id,
      name,
      email,
      role,
      joinedAt: joinedAt.toISOString(),
    })),
    invitations: invitations.map(({ id, email, createdAt, expiresAt }) => ({
      id,
      email,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    })),
    competitions: team.competitions.map(({ competition, rulesVersion, joinedAt }) => ({
      competition,
      rulesVersion,
      joinedAt: joinedAt.toISOString(),
    })),
    mergeOffers: offers.map(({ from, into, offeredAt }) => ({
      from: { id: from.id, name: from.name },
      into: { id: into.id, name: into.name },
      offeredAt: offeredAt.toISOString(),
    })),
  };
}
