import { meSchema, signInOptionsSchema } from '@holdout/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { RouteParts } from '../app.js';
import { problemResponse } from '../describe-api.js';
import { institutionProvider, minPasswordLength } from './account-settings.js';
import { presentMe } from './present-me.js';

/** Who is asking, and how people sign in. */
export const meRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  app.get(
    '/me',
    {
      config: { access: 'anyone' },
      schema: {
        summary: 'Ask who is asking',
        description:
          'The person of the session or of the token, their teams and what they organise; `user` is null where there is ' +
          'neither, and for a token that stands for a team.',
        tags: ['accounts'],
        response: { 200: meSchema, ...problemResponse },
      },
    },
    async (request) => await presentMe(parts.database, request.caller),
  );

  app.get(
    '/sign-in',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Ask how people sign in',
        description: 'The sign-in itself is below `/api/auth`, by better-auth’s routes.',
        tags: ['accounts'],
        response: { 200: signInOptionsSchema, ...problemResponse },
      },
    },
    async () => {
      const { institution, mail, twoFactorNeeded } = parts.accounts;
      return {
        institution: institution && { provider: institutionProvider, name: institution.name },
        minPasswordLength,
        mail: mail ? ('smtp' as const) : ('outbox' as const),
        twoFactorNeeded,
      };
    },
  );
};
