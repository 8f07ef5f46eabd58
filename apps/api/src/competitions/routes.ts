import { competitionListSchema, competitionSchema } from '@holdout/contracts';
import { listCompetitions } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { problemResponse } from '../describe-api.js';
import { findCompetitionOrThrow } from './find-phase.js';
import { presentCompetition } from './present-competition.js';

/** Competitions and their phases: what anyone may read. */
export const competitionRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/competitions',
    {
      config: { access: 'open' },
      schema: {
        summary: 'List the competitions and their phases',
        tags: ['competitions'],
        response: { 200: competitionListSchema, ...problemResponse },
      },
    },
    async () => {
      const competitions = await listCompetitions(database);
      return { competitions: competitions.map(presentCompetition) };
    },
  );

  app.get(
    '/competitions/:competition',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Read one competition',
        tags: ['competitions'],
        params: z.object({ competition: z.string() }),
        response: { 200: competitionSchema, ...problemResponse },
      },
    },
    async ({ params }) => presentCompetition(await findCompetitionOrThrow(database, params.competition)),
  );
};
