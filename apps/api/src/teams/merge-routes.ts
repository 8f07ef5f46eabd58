import { mergedTeamSchema, teamMergeSchema, teamSchema } from '@holdout/contracts';
import { deleteMergeOffers, insertMergeOffer, mergeTeams, readTeam } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mailsIn } from '../accounts/account-mails.js';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';
import { demandOwner } from './find-own-team.js';
import { presentTeam } from './present-team.js';

const idSchema = z.string().meta({ format: 'uuid' });
const offerParamsSchema = z.object({ id: idSchema, otherId: idSchema });

/** Two teams become one, where an owner of each agrees. */
export const mergeRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, sendMail, accounts } = parts;

  app.post(
    '/teams/:id/merge',
    {
      config: { sendsMail: true },
      schema: {
        summary: 'Merge a team into another, or offer it',
        description:
          'For owners. Who owns both merges them; else it is offered to the owners of `into`, by a mail. The people, ' +
          'competitions and submissions of the team are those of `into` then, and so its used quota adds to that of ' +
          '`into`, of the last 24 hours and in all. Boards of the past stay as they were.',
        tags: ['teams'],
        params: z.object({ id: idSchema }),
        body: teamMergeSchema,
        response: { 200: mergedTeamSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { teamId: fromId, team: from, userId } = demandOwner(caller, request.params.id);
      const { into: intoId } = request.body;
      if (caller.teams.some(({ id, role }) => id === intoId && role === 'owner')) {
        await mergeTeams(database, { fromId, intoId, byOffer: false, actor: caller.actor });
        return { merged: true, team: await presentTeam(database, intoId) };
      }
      const addresses = await insertMergeOffer(database, { fromId, intoId, offeredBy: userId });
      const into = (await readTeam(database, intoId))?.name ?? '';
      const link = `${accounts.publicUrl}/teams/${intoId}`;
      const mails = mailsIn(request.headers['accept-language']);
      for (const email of addresses) sendMail(mails.mergeOffer({ email, from, into, link }));
      return { merged: false, team: await presentTeam(database, fromId) };
    },
  );

  app.post(
    '/teams/:id/merge-offers/:otherId/accept',
    {
      schema: {
        summary: 'Take in a team that is offered',
        description: 'For owners: `otherId` is the team that goes.',
        tags: ['teams'],
        params: offerParamsSchema,
        response: { 200: teamSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { teamId: intoId } = demandOwner(caller, request.params.id);
      const fromId = demandUuid(request.params.otherId, 'merge_offer_not_found');
      await mergeTeams(database, { fromId, intoId, byOffer: true, actor: caller.actor });
      return await presentTeam(database, intoId);
    },
  );

  app.delete(
    '/teams/:id/merge-offers/:otherId',
    {
      schema: {
        summary: 'Decline an offer, or withdraw one',
        description: 'For owners of either team.',
        tags: ['teams'],
        params: offerParamsSchema,
        response: { 204: z.undefined().describe('It is over.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const { teamId } = demandOwner(callerOf(request), request.params.id);
      await deleteMergeOffers(database, teamId, demandUuid(request.params.otherId, 'merge_offer_not_found'));
      return reply.code(204).send();
    },
  );
};
