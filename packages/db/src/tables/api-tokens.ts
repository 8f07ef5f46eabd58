import type { Queryable } from '../open-database.js';

/** Who a token stands for. */
export type TokenRecord =
  | { id: string; organiser: true; team: null }
  | { id: string; organiser: false; team: { id: string; name: string } };

/**
 * Keeps a token's sha256, never the token. `teamId` null is an organiser's. The same token again is left as it is.
 */
export async function insertToken(db: Queryable, token: { tokenSha256: string; teamId: string | null }): Promise<void> {
  await db
    .insertInto('apiTokens')
    .values({ ...token, organiser: token.teamId === null })
    .onConflict((conflict) => conflict.column('tokenSha256').doNothing())
    .execute();
}

export async function findTokenByHash(db: Queryable, tokenSha256: string): Promise<TokenRecord | null> {
  const row = await db
    .selectFrom('apiTokens')
    .leftJoin('teams', 'teams.id', 'apiTokens.teamId')
    .select(['apiTokens.id', 'teams.id as teamId', 'teams.name as teamName'])
    .where('tokenSha256', '=', tokenSha256)
    .executeTakeFirst();
  if (!row) return null;
  if (row.teamId === null || row.teamName === null) return { id: row.id, organiser: true, team: null };
  return { id: row.id, organiser: false, team: { id: row.teamId, name: row.teamName } };
}
