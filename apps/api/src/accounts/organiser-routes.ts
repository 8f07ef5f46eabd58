import { HoldoutError, organiserListSchema } from '@holdout/contracts';
import { deleteOrganiser, findUserByEmail, insertOrganiser, listOrganisers } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { organiserOf, siteAdminOf } from '../caller.js';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';

const paramsSchema = z.object({ competition: z.string() });

/** Who organises a competition. Site administrators organise all, and are in no such list. */
export const competitionOrganiserRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/competitions/:competition/organisers',
    {
      schema: {
        summary: 'List the organisers of a competition',
        description: 'For organisers.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 200: organiserListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { id: competitionId } = await findCompetitionOrThrow(database, request.params.competition);
      organiserOf(callerOf(request), { competitionId });
      return await present(competitionId);
    },
  );

  app.post(
    '/competitions/:competition/organisers',
    {
      schema: {
        summary: 'Make a person an organiser of a competition',
        description: 'For site administrators. By the address that the person has proven.',
        tags: ['organisers'],
        params: paramsSchema,
        body: z.strictObject({ email: z.email().max(254) }),
        response: { 200: organiserListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { id: competitionId } = await findCompetitionOrThrow(database, request.params.competition);
      const { actor } = siteAdminOf(callerOf(request));
      const user = await findUserByEmail(database, request.body.email);
      if (!user?.emailVerified) throw new HoldoutError('user_not_found');
      await insertOrganiser(database, { competitionId, userId: user.id, actor });
      return await present(competitionId);
    },
  );

  app.delete(
    '/competitions/:competition/organisers/:userId',
    {
      schema: {
        summary: 'Let a person organise a competition no more',
        description: 'For site administrators. The last one stays until there is another.',
        tags: ['organisers'],
        params: paramsSchema.extend({ userId: z.string().meta({ format: 'uuid' }) }),
        response: { 204: z.undefined().describe('They organise it no more.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const { id: competitionId } = await findCompetitionOrThrow(database, request.params.competition);
      const { actor } = siteAdminOf(callerOf(request));
      const userId = demandUuid(request.params.userId, 'organiser_not_found');
      await deleteOrganiser(database, { competitionId, userId, actor });
      return reply.code(204).send();
    },
  );

  async function present(competitionId: string) {
    const organisers = await listOrganisers(database, competitionId);
    return {
      organisers: organisers.map(({ userId: id, name, email, since }) => ({
        id,
        name,
        email,
        since: since.toISOString(),
      })),
    };
  }
};
