import { memberRoleSchema, newTeamSchema, teamSchema } from '@holdout/contracts';
import { changeRole, insertTeamOf, removeMember } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { personOf } from '../caller.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';
import { demandOwner, findOwnTeam } from './find-own-team.js';
import { presentTeam } from './present-team.js';

const idSchema = z.string().meta({ format: 'uuid' });
const paramsSchema = z.object({ id: idSchema });
const memberParamsSchema = z.object({ id: idSchema, userId: idSchema });

/** Teams, and who is in them. */
export const teamRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.post(
    '/teams',
    {
      schema: {
        summary: 'Make a team',
        description: 'Who makes it is its owner.',
        tags: ['teams'],
        body: newTeamSchema,
        response: { 201: teamSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { id: ownerId } = personOf(callerOf(request));
      const teamId = await insertTeamOf(database, { name: request.body.name, ownerId });
      reply.code(201).header('location', `/api/teams/${teamId}`);
      return await presentTeam(database, teamId);
    },
  );

  app.get(
    '/teams/:id',
    {
      schema: {
        summary: 'Read a team',
        description: 'For its members.',
        tags: ['teams'],
        params: paramsSchema,
        response: { 200: teamSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { teamId } = findOwnTeam(callerOf(request), request.params.id);
      return await presentTeam(database, teamId);
    },
  );

  app.patch(
    '/teams/:id/members/:userId',
    {
      schema: {
        summary: 'Change a member’s role',
        description: 'For owners. A team keeps an owner.',
        tags: ['teams'],
        params: memberParamsSchema,
        body: memberRoleSchema,
        response: { 200: teamSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { teamId } = demandOwner(callerOf(request), request.params.id);
      await changeRole(database, {
        teamId,
        userId: demandUuid(request.params.userId, 'team_not_found'),
        role: request.body.role,
      });
      return await presentTeam(database, teamId);
    },
  );

  app.delete(
    '/teams/:id/members/:userId',
    {
      schema: {
        summary: 'Leave a team, or remove a member',
        description: 'Yourself you may always take out, and an owner anyone; but a team keeps an owner.',
        tags: ['teams'],
        params: memberParamsSchema,
        response: { 204: z.undefined().describe('They are not in it any more.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { id, userId } = request.params;
      const { teamId } = caller.user?.id === userId ? findOwnTeam(caller, id) : demandOwner(caller, id);
      await removeMember(database, { teamId, userId: demandUuid(userId, 'team_not_found') });
      return reply.code(204).send();
    },
  );
};
