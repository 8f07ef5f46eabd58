import { createHash } from 'node:crypto';
import { HoldoutError } from '@holdout/contracts';
import { type Database, findTokenByHash } from '@holdout/db';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Who sent a request: the team, or the organiser, that its bearer token stands for. */
export interface Caller {
  /** null for an organiser. */
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly organiser: boolean;
  /** How the audit log names it. */
  readonly actor: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** `open`: readable without a token. Everything else under /api needs one. */
    access?: 'open';
  }
}

/**
 * Closes every route of this scope to callers without a known token, before any body is read.
 * A route is open only where it says so, and one that writes may not say so: the server would not start.
 */
export function requireTokens(app: FastifyInstance, database: Database): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (route.config?.access === 'open' && methods.some((method) => method !== 'GET' && method !== 'HEAD')) {
      throw new Error(`${methods.join('|')} ${route.url} writes, so it can't be open.`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.access === 'open') return;
    reply.header('cache-control', 'no-store');
    request.caller = await authenticate(database, request.headers.authorization);
  });
}

/** The caller of a route that needs a token. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`${request.routeOptions.url} is open but asks who is calling.`);
  return request.caller;
}

/** @throws HoldoutError `not_allowed` for an organiser, who takes no part. */
export function teamOf(caller: Caller): NonNullable<Caller['team']> {
  if (caller.team) return caller.team;
  throw new HoldoutError('not_allowed', {
    detail: 'An organiser’s token can’t submit: a submission belongs to a team.',
  });
}

/** @throws HoldoutError `not_allowed` for a team. */
export function organiserOf(caller: Caller): { readonly actor: string } {
  if (caller.organiser) return { actor: caller.actor };
  throw new HoldoutError('not_allowed', { detail: 'Only an organiser may do this.' });
}

/** What is stored of a token, so that a stolen database opens no door: its sha256 in hexadecimal. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

async function authenticate(database: Database, header: string | undefined): Promise<Caller> {
  const token = /^Bearer +(\S{1,500}) *$/i.exec(header ?? '')?.[1];
  if (!token) throw new HoldoutError('token_missing');
  const found = await findTokenByHash(database, hashToken(token));
  if (!found) throw new HoldoutError('token_unknown');
  const kind = found.team ? `team “${found.team.name}”` : 'organiser';
  return { team: found.team, organiser: found.organiser, actor: `${kind}, token ${found.id}` };
}
