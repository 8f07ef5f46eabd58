import { sql } from 'kysely';
import type { Queryable } from '../open-database.js';
import type { TokenScope } from '../schema.js';

/** A token that holds now, and whose it is: a person's, a team's, or (neither) the installation's organiser's. */
export interface TokenRecord {
  id: string;
  name: string;
  scope: TokenScope;
  userId: string | null;
  team: { id: string; name: string } | null;
  /** The only competition it is for; null where it is for all. */
  competitionId: string | null;
}

/** A person's token as its list shows it. */
export interface ListedToken {
  id: string;
  name: string;
  scope: TokenScope;
  /** The name of the only competition that it is for. */
  competition: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/**
 * Keeps the sha256 of a token that stands for a team, never the token. `teamId` null is the installation's organiser's.
 * The same token again is left as it is.
 */
export async function insertToken(db: Queryable, token: { tokenSha256: string; teamId: string | null }): Promise<void> {
  await db
    .insertInto('apiTokens')
    .values({ ...token, organiser: token.teamId === null })
    .onConflict((conflict) => conflict.column('tokenSha256').doNothing())
    .execute();
}

interface NewPersonalToken {
  userId: string;
  tokenSha256: string;
  name: string;
  scope: TokenScope;
  competitionId: string | null;
  expiresAt: Date | null;
}

/** Keeps the sha256 of a person's token. */
export async function insertPersonalToken(db: Queryable, token: NewPersonalToken): Promise<ListedToken> {
  const { id } = await db.insertInto('apiTokens').values(token).returning('id').executeTakeFirstOrThrow();
  return await selectListed(db, token.userId).where('apiTokens.id', '=', id).executeTakeFirstOrThrow();
}

/** The token with this sha256, where it is neither revoked nor expired. That it was used is kept to the minute. */
export async function useTokenByHash(db: Queryable, tokenSha256: string): Promise<TokenRecord | null> {
  const row = await db
    .selectFrom('apiTokens')
    .leftJoin('teams', 'teams.id', 'apiTokens.teamId')
    .select(['apiTokens.id', 'apiTokens.name', 'scope', 'userId', 'competitionId'])
    .select(['teams.id as teamId', 'teams.name as teamName'])
    .select(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as('isUseNews'))
    .where('tokenSha256', '=', tokenSha256)
    .where('revokedAt', 'is', null)
    .where((where) => where.or([where('expiresAt', 'is', null), where('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (!row) return null;
  const { teamId, teamName, isUseNews, ...token } = row;
  if (isUseNews) {
    await db.updateTable('apiTokens').set({ lastUsedAt: sql<Date>`now()` }).where('id', '=', row.id).execute();
  }
  return { ...token, team: teamId === null || teamName === null ? null : { id: teamId, name: teamName } };
}

/** A person's tokens that are not revoked, the latest first; expired ones too. */
export async function listTokens(db: Queryable, userId: string): Promise<ListedToken[]> {
  return await selectListed(db, userId).orderBy('apiTokens.createdAt', 'desc').orderBy('apiTokens.id').execute();
}

/** @returns false where the person has no such token */
export async function revokeToken(db: Queryable, { id, userId }: { id: string; userId: string }): Promise<boolean> {
  const revoked = await db
    .updateTable('apiTokens')
    .set({ revokedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('userId', '=', userId)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return revoked.numUpdatedRows > 0n;
}

function selectListed(db: Queryable, userId: string) {
  return db
    .selectFrom('apiTokens')
    .leftJoin('competitions', 'competitions.id', 'apiTokens.competitionId')
    .select(['apiTokens.id', 'apiTokens.name', 'apiTokens.scope', 'competitions.slug as competition'])
    .select(['apiTokens.createdAt', 'apiTokens.expiresAt', 'apiTokens.lastUsedAt'])
    .where('apiTokens.userId', '=', userId)
    .where('apiTokens.revokedAt', 'is', null);
}
