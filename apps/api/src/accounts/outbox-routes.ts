import { HoldoutError, outboxSchema } from '@holdout/contracts';
import { listMails } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { siteAdminOf } from '../caller.js';
import { problemResponse } from '../describe-api.js';

const shownMails = 100;

/** Where mails wait that no mail server takes. */
export const outboxRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  app.get(
    '/outbox',
    {
      schema: {
        summary: 'Read the mails that wait here',
        description:
          'For site administrators, where no mail server is configured (HOLDOUT_SMTP_URL); 404 where one is. The latest ' +
          'first, at most 100. Their links let in whoever opens them.',
        tags: ['accounts'],
        response: { 200: outboxSchema, ...problemResponse },
      },
    },
    async (request) => {
      siteAdminOf(callerOf(request));
      if (parts.accounts.mail) throw new HoldoutError('route_not_found', { detail: 'Mails go out by a mail server.' });
      const mails = await listMails(parts.database, shownMails);
      return {
        mails: mails.map(({ id, at, recipient: to, subject, text }) => ({
          id,
          at: at.toISOString(),
          to,
          subject,
          text,
        })),
      };
    },
  );
};
