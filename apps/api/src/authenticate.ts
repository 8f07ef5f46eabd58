import { HoldoutError } from '@holdout/contracts';
import { type Database, findUser, readUserPlaces, useTokenByHash } from '@holdout/db';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccountSettings } from './accounts/account-settings.js';
import { type Auth, listOrigins } from './accounts/create-auth.js';
import { toWebHeaders } from './accounts/mount-auth.js';
import { hashToken } from './accounts/tokens.js';
import { type Caller, describeAccount, describeTeamToken } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /**
     * `open`: readable without a session or a token. `anyone`: the same, and it learns who asks where that can be told.
     * Everything else under /api needs one of the two.
     */
    access?: 'open' | 'anyone';
    /** `person`: only by a session, since a stolen token must not make itself another one. */
    by?: 'person';
    /** A write that a token of the scope `read` may do: to end itself. */
    anyScope?: true;
  }
}

export interface Doors {
  readonly database: Database;
  readonly auth: Auth;
  readonly accounts: AccountSettings;
}

const readMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Closes every route of this scope to callers without a session or a known token, before any body is read. A route is
 * open only where it says so, and one that writes may not say so: the server would not start.
 */
export function requireCallers(app: FastifyInstance, doors: Doors): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (route.config?.access !== undefined && methods.some((method) => !readMethods.has(method))) {
      throw new Error(`${methods.join('|')} ${route.url} writes, so it can't be open.`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    if (request.is404 || config.access === 'open') return;
    reply.header('cache-control', 'no-store');
    request.caller = await authenticate(doors, request, reply);
    if (request.caller === null && config.access !== 'anyone') throw new HoldoutError('token_missing');
    if (request.caller) demandScope(request.caller, request);
  });
}

/** The caller of a route that needs one. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`${request.routeOptions.url} is open but asks who is calling.`);
  return request.caller;
}

/** A token where one is sent, else the session of a cookie; null where there is neither. A reply renews the cookie. */
export async function authenticate(
  doors: Doors,
  request: FastifyRequest,
  reply?: FastifyReply,
): Promise<Caller | null> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) return await findTokenCaller(doors, authorization);
  if (cookie === undefined) return null;
  const { headers, response } = await doors.auth.api.getSession({
    headers: toWebHeaders(request),
    returnHeaders: true,
    // Where nobody is told of the new expiry.
    ...(reply ? {} : { query: { disableRefresh: true } }),
  });
  for (const renewed of headers.getSetCookie()) reply?.header('set-cookie', renewed);
  if (!response) return null;
  if (!readMethods.has(request.method)) demandOwnOrigin(doors.accounts, request);
  return await findCaller(doors, response.user.id, null, response.session.secondFactorGiven === true);
}

async function findTokenCaller(doors: Doors, authorization: string): Promise<Caller> {
  const token = /^Bearer +(\S{1,500}) *$/i.exec(authorization)?.[1];
  if (!token) throw new HoldoutError('token_missing');
  const found = await useTokenByHash(doors.database, hashToken(token));
  if (!found) throw new HoldoutError('token_unknown');
  if (found.userId === null) return describeTeamToken(found);
  return await findCaller(doors, found.userId, found, false);
}

async function findCaller(
  { database, accounts }: Doors,
  userId: string,
  token: Parameters<typeof describeAccount>[2],
  isGivenInSession: boolean,
): Promise<Caller> {
  const user = await findUser(database, userId);
  if (!user) throw new HoldoutError('token_unknown');
  // Who has one makes a token that organises only where it was given.
  const isGiven = token ? user.twoFactorEnabled : isGivenInSession;
  const twoFactor = { needed: accounts.twoFactorNeeded, isGiven };
  return describeAccount(user, await readUserPlaces(database, userId), token, twoFactor);
}

function demandScope(caller: Caller, request: FastifyRequest): void {
  const { config } = request.routeOptions;
  if (config.by === 'person' && (caller.token !== null || caller.user === null)) {
    throw new HoldoutError('not_allowed', { detail: 'This is done by a person who is signed in, not by a token.' });
  }
  if (readMethods.has(request.method) || config.anyScope || caller.scope !== 'read') return;
  throw new HoldoutError('not_allowed', { detail: 'This token may only read.' });
}

/**
 * Another site can make a browser send our cookie, and not say that it came from here.
 *
 * @throws HoldoutError `origin_refused`
 */
function demandOwnOrigin(accounts: AccountSettings, request: FastifyRequest): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn =
    origin === undefined
      ? site === 'same-origin'
      : listOrigins(accounts, { headers: toWebHeaders(request) }).includes(origin);
  if (!isOwn || (site !== undefined && site !== 'same-origin')) throw new HoldoutError('origin_refused');
}
