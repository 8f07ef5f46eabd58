import type { Me } from '@holdout/contracts';
import { type Database, listCompetitions } from '@holdout/db';
import type { Caller } from '../caller.js';

/** What a caller is told of themselves; null is nobody. */
export async function presentMe(database: Database, caller: Caller | null): Promise<Me> {
  if (!caller) return { user: null, teams: [], competitions: [], organises: [], token: null };
  const { user, token } = caller;
  return {
    user: user && {
      id: user.id,
      name: user.name,
      email: user.email,
      emailVerified: user.emailVerified,
      siteAdmin: caller.siteAdmin,
      twoFactorEnabled: user.twoFactorEnabled,
      secondFactorDue: caller.secondFactorDue,
    },
    teams: caller.teams.map(({ id, name, role }) => ({ id, name, role })),
    competitions: caller.participations.map(({ competition, team, rulesVersion }) => ({
      competition,
      team: { id: team.id, name: team.name },
      rulesVersion,
    })),
    organises: await listOrganised(database, caller),
    token: token && { id: token.id, name: token.name },
  };
}

async function listOrganised(database: Database, caller: Caller): Promise<string[]> {
  const all = await listCompetitions(database);
  const own = new Set(caller.organises.map(({ competitionId }) => competitionId));
  return all.filter(({ id }) => caller.siteAdmin || own.has(id)).map(({ slug }) => slug);
}
