import { joinSchema, participationSchema } from '@holdout/contracts';
import { joinCompetition, readTeam } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { personOf } from '../caller.js';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { demandOwner } from './find-own-team.js';

/** How a team comes to take part in a competition. */
export const joinRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.post(
    '/competitions/:competition/join',
    {
      schema: {
        summary: 'Take part in a competition',
        description:
          'With a team that you own (`team`), or with a new one (`newTeam`). Its rules are accepted by it: those of ' +
          '`rulesVersion`, which must be the present one. A team that takes part accepts later rules so. All of its ' +
          'members take part, and a person takes part with one team.',
        tags: ['teams'],
        params: z.object({ competition: z.string() }),
        body: joinSchema,
        response: { 200: participationSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = personOf(caller);
      const { id: competitionId, slug } = await findCompetitionOrThrow(database, request.params.competition);
      const { team, newTeam = '', rulesVersion } = request.body;
      const teamId = await joinCompetition(database, {
        competitionId,
        team: team === undefined ? { newName: newTeam } : { id: demandOwner(caller, team).teamId },
        userId: user.id,
        acceptedBy: caller.actor,
        rulesVersion,
      });
      const name = (await readTeam(database, teamId))?.name ?? newTeam;
      return { competition: slug, team: { id: teamId, name }, rulesVersion };
    },
  );
};
