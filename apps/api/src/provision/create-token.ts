import { findTeam, insertTeam, insertToken } from '@holdout/db';
import { hashToken, makeToken } from '../accounts/tokens.js';
import type { Provisioning } from './open-provisioning.js';

interface TokenOptions {
  /** A token that the caller has kept; a new one is made where it is left out. */
  readonly token?: string;
}

/**
 * Makes a team where it is not there yet, and a bearer token for it. Only the token's sha256 is stored:
 * keep what is returned, and give it again to get the same one.
 */
export async function createTeamWithToken(
  { database }: Pick<Provisioning, 'database'>,
  { team, token = makeToken() }: TokenOptions & { readonly team: string },
): Promise<{ teamId: string; token: string }> {
  const known = await findTeam(database, team);
  const teamId = known?.id ?? (await insertTeam(database, team));
  await insertToken(database, { tokenSha256: hashToken(token), teamId });
  return { teamId, token };
}

/** Makes a bearer token that may read and cancel every team's submissions. */
export async function createOrganiserToken(
  { database }: Pick<Provisioning, 'database'>,
  { token = makeToken() }: TokenOptions = {},
): Promise<{ token: string }> {
  await insertToken(database, { tokenSha256: hashToken(token), teamId: null });
  return { token };
}
