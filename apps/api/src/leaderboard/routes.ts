import { digestSchema, HoldoutError, leaderboardSchema } from '@holdout/contracts';
import type { Database, PhaseRecord } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { eventStreamResponse, problemResponse } from '../describe-api.js';
import { sendEventStream } from '../event-stream.js';
import { BoardCache, readBoard, readBoardAt, readBoardOf } from './board-cache.js';
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
          'that moment, on the test-set version of then; `version` gives that of an earlier version of the test set.',
        tags: ['leaderboard'],
        params: paramsSchema,
        querystring: z.object({ at: z.iso.datetime({ offset: true }).optional(), version: digestSchema.optional() }),
        response: {
          200: leaderboardSchema,
          304: z.undefined().describe('The caller has this board.'),
          ...problemResponse,
        },
      },
    },
    async (request, reply) => {
      const phase = await findPhaseOrThrow(parts.database, request.params);
      const { board, version } = await chooseBoard(parts.database, phase, request.query);
      const etag = `"${version}"`;
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return board;
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
        description: 'Server-sent events: `leaderboard` with the whole board, at once and after every change.',
        tags: ['leaderboard'],
        params: paramsSchema,
        response: { ...eventStreamResponse('Events of the kind `leaderboard`.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const phase = await findPhaseOrThrow(parts.database, request.params);
      const known = request.headers['last-event-id'];
      const after = typeof known === 'string' ? known : null;
      return sendEventStream(reply, parts.closing, (signal) => streamBoard({ ...parts, boards }, phase, after, signal));
    },
  );
};

function chooseBoard(
  database: Database,
  phase: PhaseRecord,
  query: { at?: string | undefined; version?: string | undefined },
) {
  if (query.at !== undefined && query.version !== undefined) {
    throw new HoldoutError('request_invalid', { detail: 'Found query.at and query.version; expected one of them.' });
  }
  if (query.at !== undefined) return readBoardAt(database, phase, readPastMoment(query.at));
  return query.version === undefined ? readBoard(database, phase) : readBoardOf(database, phase, query.version);
}

/** @throws HoldoutError `request_invalid` where it has not come yet. */
function readPastMoment(text: string): Date {
  const at = new Date(text);
  if (at.getTime() <= Date.now()) return at;
  throw new HoldoutError('request_invalid', { detail: `query.at: found ${text}; expected a moment that has passed.` });
}

/** Compares weakly, as RFC 9110 asks of If-None-Match: proxies that compress mark the tag with `W/`. */
function matchesEtag(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
