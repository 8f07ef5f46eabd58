import { invitationAnswerSchema, invitationListSchema, newInvitationSchema, teamSchema } from '@holdout/contracts';
import { answerInvitation, insertInvitation, listReceivedInvitations, withdrawInvitation } from '@holdout/db';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { mailsIn } from '../accounts/account-mails.js';
import { hashToken, makeToken } from '../accounts/tokens.js';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { personOf } from '../caller.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';
import { demandOwner } from './find-own-team.js';
import { presentTeam } from './present-team.js';

const idSchema = z.string().meta({ format: 'uuid' });

/** Invitations to teams, which go out by mail and are open to who has the address, or the link. */
export const invitationRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, sendMail, accounts } = parts;

  app.post(
    '/teams/:id/invitations',
    {
      config: { sendsMail: true },
      schema: {
        summary: 'Invite a person to a team',
        description:
          'For owners. The person gets a mail, whether or not they have an account; the answer does not tell.',
        tags: ['teams'],
        params: z.object({ id: idSchema }),
        body: newInvitationSchema,
        response: { 201: teamSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { teamId, team, userId } = demandOwner(caller, request.params.id);
      const { email } = request.body;
      const secret = makeToken();
      const invitation = { teamId, email, tokenSha256: hashToken(secret), invitedBy: userId };
      const { id } = await insertInvitation(database, invitation);
      const link = `${accounts.publicUrl}/invitations/${id}?secret=${encodeURIComponent(secret)}`;
      const mails = mailsIn(request.headers['accept-language']);
      sendMail(mails.invitation({ email, team, invitedBy: personOf(caller).name, link }));
      reply.code(201);
      return await presentTeam(database, teamId);
    },
  );

  app.delete(
    '/teams/:id/invitations/:invitationId',
    {
      schema: {
        summary: 'Withdraw an invitation',
        description: 'For owners.',
        tags: ['teams'],
        params: z.object({ id: idSchema, invitationId: idSchema }),
        response: { 204: z.undefined().describe('Its link opens nothing any more.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const { teamId } = demandOwner(callerOf(request), request.params.id);
      await withdrawInvitation(database, {
        id: demandUuid(request.params.invitationId, 'invitation_not_found'),
        teamId,
      });
      return reply.code(204).send();
    },
  );

  app.get(
    '/invitations',
    {
      schema: {
        summary: 'List the invitations to you',
        description: 'To the address that you have proven; one to another address opens by its mailed link.',
        tags: ['teams'],
        response: { 200: invitationListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { email, emailVerified } = personOf(callerOf(request));
      const invitations = emailVerified ? await listReceivedInvitations(database, email) : [];
      return {
        invitations: invitations.map(({ id, team, invitedBy, expiresAt }) => ({
          id,
          team: { id: team.id, name: team.name },
          invitedBy,
          expiresAt: expiresAt.toISOString(),
        })),
      };
    },
  );

  const answerRoute = { tags: ['teams'], params: z.object({ id: idSchema }), body: invitationAnswerSchema.nullish() };

  app.post(
    '/invitations/:id/accept',
    {
      schema: {
        ...answerRoute,
        summary: 'Accept an invitation',
        description:
          'You are in the team then, and take part in its competitions. `secret` is that of the mailed link.',
        response: { 200: teamSchema, ...problemResponse },
      },
    },
    async (request) => await presentTeam(database, await answer(request, request.params.id, request.body, true)),
  );

  app.post(
    '/invitations/:id/decline',
    {
      schema: {
        ...answerRoute,
        summary: 'Decline an invitation',
        response: { 204: z.undefined().describe('It is over.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      await answer(request, request.params.id, request.body, false);
      return reply.code(204).send();
    },
  );

  async function answer(
    request: FastifyRequest,
    id: string,
    body: z.infer<typeof invitationAnswerSchema> | null | undefined,
    accepts: boolean,
  ): Promise<string> {
    const user = personOf(callerOf(request));
    return await answerInvitation(database, {
      id: demandUuid(id, 'invitation_not_found'),
      email: user.emailVerified ? user.email : null,
      tokenSha256: body?.secret === undefined ? null : hashToken(body.secret),
      userId: user.id,
      accepts,
    });
  }
};
