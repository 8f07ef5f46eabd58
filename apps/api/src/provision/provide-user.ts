import { findCompetition, findTeam, findUserByEmail, insertTeam, joinCompetition, provideUser } from '@holdout/db';
import { hashPassword } from 'better-auth/crypto';
import type { Provisioning } from './open-provisioning.js';

interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Gives who is known this password, too. */
  readonly anew?: boolean;
}

/**
 * Makes a person who organises every competition and runs the installation, with an address that needs no proof. Where
 * they are one already they stay as they are, with the password that they have.
 *
 * @returns their id
 */
export async function provideSiteAdmin(
  { database }: Pick<Provisioning, 'database'>,
  { password, ...person }: Person,
): Promise<string> {
  return await provideUser(database, { ...person, siteAdmin: true, passwordHash: await hashPassword(password) });
}

/**
 * Makes a person who owns a team that takes part in a competition, by its present rules. Who is known stays as they are.
 *
 * @throws Error where there is no such competition
 */
export async function provideTeamOwner(
  { database }: Pick<Provisioning, 'database'>,
  { team, competition, password, ...person }: Person & { readonly team: string; readonly competition: string },
): Promise<void> {
  const known = await findUserByEmail(database, person.email);
  if (known?.emailVerified && !person.anew) return;
  const joined = await findCompetition(database, competition);
  if (!joined) throw new Error(`There is no competition ${competition} to take part in.`);
  const passwordHash = await hashPassword(password);
  const userId = await provideUser(database, { ...person, siteAdmin: false, passwordHash });
  if (known?.emailVerified) return;
  const teamId = (await findTeam(database, team))?.id ?? (await insertTeam(database, team));
  await database
    .insertInto('teamMembers')
    .values({ teamId, userId, role: 'owner' })
    .onConflict((conflict) => conflict.columns(['teamId', 'userId']).doNothing())
    .execute();
  const { id: competitionId, rulesVersion } = joined;
  const acceptedBy = `${person.name} <${person.email}>`;
  await joinCompetition(database, { competitionId, team: { id: teamId }, userId, acceptedBy, rulesVersion });
}
