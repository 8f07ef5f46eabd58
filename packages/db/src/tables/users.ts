import type { Queryable } from '../open-database.js';
import type { TeamRole } from '../schema.js';

export interface UserRecord {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  siteAdmin: boolean;
  twoFactorEnabled: boolean;
}

/** What a person is here: member of which teams, in which competitions, organiser of which. */
export interface UserPlaces {
  teams: { id: string; name: string; role: TeamRole }[];
  participations: {
    competitionId: string;
    competition: string;
    team: { id: string; name: string };
    rulesVersion: number;
  }[];
  organises: { competitionId: string; competition: string }[];
}

export async function findUser(db: Queryable, userId: string): Promise<UserRecord | null> {
  const row = await selectUsers(db).where('id', '=', userId).executeTakeFirst();
  return row ? toRecord(row) : null;
}

/** The person with this e-mail address, in any case of letters. */
export async function findUserByEmail(db: Queryable, email: string): Promise<UserRecord | null> {
  const row = await selectUsers(db).where('email', '=', email.toLowerCase()).executeTakeFirst();
  return row ? toRecord(row) : null;
}

export async function readUserPlaces(db: Queryable, userId: string): Promise<UserPlaces> {
  const teams = await db
    .selectFrom('teamMembers')
    .innerJoin('teams', 'teams.id', 'teamMembers.teamId')
    .select(['teams.id', 'teams.name', 'teamMembers.role'])
    .where('userId', '=', userId)
    .orderBy('teams.name')
    .execute();
  const participations = await db
    .selectFrom('teamMembers')
    .innerJoin('participations', 'participations.teamId', 'teamMembers.teamId')
    .innerJoin('competitions', 'competitions.id', 'participations.competitionId')
    .innerJoin('teams', 'teams.id', 'participations.teamId')
    .select(['competitions.id as competitionId', 'competitions.slug as competition'])
    .select(['teams.id as teamId', 'teams.name as teamName', 'participations.rulesVersion'])
    .where('userId', '=', userId)
    .orderBy('competitions.slug')
    .execute();
  const organises = await db
    .selectFrom('competitionOrganisers')
    .innerJoin('competitions', 'competitions.id', 'competitionOrganisers.competitionId')
    .select(['competitions.id as competitionId', 'competitions.slug as competition'])
    .where('userId', '=', userId)
    .orderBy('competitions.slug')
    .execute();
  return {
    teams,
    participations: participations.map(({ teamId, teamName, ...rest }) => ({
      ...rest,
      team: { id: teamId, name: teamName },
    })),
    organises,
  };
}

interface NewUser {
  name: string;
  email: string;
  siteAdmin: boolean;
  /** As better-auth hashes it. */
  passwordHash: string;
  /** Gives who is known the password anew, too. */
  anew?: boolean;
}

/**
 * A person whose address needs no proof, for programs that fill a server. Who is here already, with a proven address and
 * the same role, stays as they are, with the password that they have.
 *
 * @returns their id
 */
export async function provideUser(db: Queryable, { passwordHash, anew = false, ...person }: NewUser): Promise<string> {
  const known = await findUserByEmail(db, person.email);
  if (!anew && known?.emailVerified && known.siteAdmin === person.siteAdmin) return known.id;
  return await db.transaction().execute(async (trx) => {
    const proven = { ...person, emailVerified: true };
    const { id } = await trx
      .insertInto('users')
      .values(proven)
      .onConflict((conflict) => conflict.column('email').doUpdateSet(proven))
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('accounts')
      .values({ userId: id, providerId: 'credential', accountId: id, password: passwordHash })
      .onConflict((conflict) => conflict.columns(['providerId', 'accountId']).doUpdateSet({ password: passwordHash }))
      .execute();
    return id;
  });
}

/** A session of better-auth in which its person has given a second factor. */
export async function markSecondFactorGiven(db: Queryable, token: string): Promise<void> {
  await db.updateTable('sessions').set({ secondFactorGiven: true }).where('token', '=', token).execute();
}

/** Of a person who has none any more. */
export async function forgetSecondFactors(db: Queryable, userId: string): Promise<void> {
  await db.updateTable('sessions').set({ secondFactorGiven: false }).where('userId', '=', userId).execute();
}

/** Ends a session of better-auth. */
export async function deleteSession(db: Queryable, token: string): Promise<void> {
  await db.deleteFrom('sessions').where('token', '=', token).execute();
}

function selectUsers(db: Queryable) {
  return db.selectFrom('users').select(['id', 'name', 'email', 'emailVerified', 'siteAdmin', 'twoFactorEnabled']);
}

function toRecord(row: Omit<UserRecord, 'twoFactorEnabled'> & { twoFactorEnabled: boolean | null }): UserRecord {
  return { ...row, twoFactorEnabled: row.twoFactorEnabled ?? false };
}
