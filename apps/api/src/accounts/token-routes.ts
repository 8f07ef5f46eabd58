import {
  createdTokenSchema,
  HoldoutError,
  newTokenSchema,
  type PersonalToken,
  personalTokenListSchema,
} from '@holdout/contracts';
import { insertPersonalToken, type ListedToken, listTokens, revokeToken } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { type Caller, personOf } from '../caller.js';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';
import { hashToken, makeToken } from './tokens.js';

/** More than anybody keeps apart. */
const mostTokens = 100;

/** A person's tokens, for programs that act in their place. */
export const tokenRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/me/tokens',
    {
      schema: {
        summary: 'List your tokens',
        description: 'The latest first, without those that were revoked. None is shown again.',
        tags: ['accounts'],
        response: { 200: personalTokenListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { id } = personOf(callerOf(request));
      return { tokens: (await listTokens(database, id)).map(presentToken) };
    },
  );

  app.post(
    '/me/tokens',
    {
      config: { by: 'person' },
      schema: {
        summary: 'Make a token',
        description:
          'By a session only. `read` only reads; `submit` does all that the person does as a member of their teams; ' +
          '`organise` does all that they may. The answer is the only one that has the token itself, as `secret`.',
        tags: ['accounts'],
        body: newTokenSchema,
        response: { 201: createdTokenSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id: userId } = personOf(caller);
      const { name, scope, competition, expiresAt } = request.body;
      if (expiresAt !== null && new Date(expiresAt).getTime() <= Date.now()) {
        throw new HoldoutError('request_invalid', { detail: 'body.expiresAt: expected a moment that is to come.' });
      }
      if ((await listTokens(database, userId)).length >= mostTokens) {
        throw new HoldoutError('request_invalid', { detail: `You have ${mostTokens} tokens; revoke one first.` });
      }
      // It would do without what its maker has still to give.
      if (scope === 'organise' && caller.secondFactorDue) throw new HoldoutError('two_factor_needed');
      const only = competition === null ? null : await findCompetitionOrThrow(database, competition);
      const secret = makeToken();
      const token = await insertPersonalToken(database, {
        userId,
        tokenSha256: hashToken(secret),
        name,
        scope,
        competitionId: only?.id ?? null,
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
      });
      return reply.code(201).send({ ...presentToken(token), secret });
    },
  );

  app.delete(
    '/me/tokens/:id',
    {
      config: { anyScope: true },
      schema: {
        summary: 'Revoke a token',
        description: 'By a session any of yours; by a token that token itself, as `holdout logout` does.',
        tags: ['accounts'],
        params: z.object({ id: z.string().meta({ format: 'uuid' }) }),
        response: { 204: z.undefined().describe('It opens nothing any more.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id } = request.params;
      const userId = demandOwner(caller, demandUuid(id, 'personal_token_not_found'));
      if (!(await revokeToken(database, { id, userId }))) throw new HoldoutError('personal_token_not_found');
      return reply.code(204).send();
    },
  );
};

function demandOwner({ user, token }: Caller, id: string): string {
  if (user && (token === null || token.id === id)) return user.id;
  throw new HoldoutError('not_allowed', { detail: 'A token revokes no other one: sign in.' });
}

function presentToken({ id, name, scope, competition, ...times }: ListedToken): PersonalToken {
  return {
    id,
    name,
    scope,
    competition,
    createdAt: times.createdAt.toISOString(),
    expiresAt: times.expiresAt?.toISOString() ?? null,
    lastUsedAt: times.lastUsedAt?.toISOString() ?? null,
  };
}
