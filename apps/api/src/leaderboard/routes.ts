import { boardPageSchema, digestSchema, HoldoutError, leaderboardSchema } from '@holdout/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { eventStreamResponse, problemResponse } from '../describe-api.js';
import { sendEventStream } from '../event-stream.js';
import { BoardCache } from './board-cache.js';
import { sendBoard } from './send-board.js';
import { streamBoard } from './stream-board.js';

const paramsSchema = z.object({ competition: z.string(), phase: z.string() });

/** A phase's leaderboard, once or live: what anyone may read. */
export const leaderboardRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const boards = new BoardCache(parts.database, parts.changes);

  app.get(
    '/competitions/:competition/phases/:phase/leaderboard',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Read the leaderboard of a phase',
        description:
          'Answers 304 where `If-None-Match` names the board that the caller has. `at` gives the board as it stood at ' +
          'that moment, on the test-set version of then; `version` gives that of an earlier version of the test set. ' +
          '`limit` and `offset` give a page of it; ranks are those of the whole board.',
        tags: ['leaderboard'],
        params: paramsSchema,
        querystring: boardPageSchema.extend({
          at: z.iso.datetime({ offset: true }).optional(),
          version: digestSchema.optional(),
        }),
        response: {
          200: leaderboardSchema,
          304: z.undefined().describe('The caller has this board.'),
          ...problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { at, version, ...page } = request.query;
      if (at !== undefined && version !== undefined) {
        const detail = 'Found query.at and query.version; expected one of them.';
        throw new HoldoutError('request_invalid', { detail });
      }
      const moment = at === undefined ? undefined : readPastMoment(at);
      const board = await boards.read({ address: request.params, at: moment, version, ...page });
      return await sendBoard(request, reply, board);
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/leaderboard/events',
    {
      config: { access: 'open' },
      // A HEAD of a stream would wait for an end that never comes.
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow the leaderboard of a phase',
        description:
          'Server-sent events: `leaderboard` with the board, or the page of it that `limit` and `offset` name, at once ' +
          'and after every change.',
        tags: ['leaderboard'],
        params: paramsSchema,
        querystring: boardPageSchema,
        response: { ...eventStreamResponse('Events of the kind `leaderboard`.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const { id: phaseId } = await findPhaseOrThrow(parts.database, request.params);
      const known = request.headers['last-event-id'];
      const followed = {
        phaseId,
        read: () => boards.read({ address: request.params, ...request.query }),
        known: typeof known === 'string' ? known : null,
      };
      return sendEventStream(reply, parts.closing, (signal) => streamBoard(parts, followed, signal));
    },
  );
};

/** @throws HoldoutError `request_invalid` where it has not come yet. */
function readPastMoment(text: string): Date {
  const at = new Date(text);
  if (at.getTime() <= Date.now()) return at;
  throw new HoldoutError('request_invalid', { detail: `query.at: found ${text}; expected a moment that has passed.` });
}
