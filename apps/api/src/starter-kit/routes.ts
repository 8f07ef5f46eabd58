import { Readable } from 'node:stream';
import { starterKitSchema } from '@holdout/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findCompetitionOrThrow, findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { matchesEtag } from '../matches-etag.js';
import { composeKit } from './compose-kit.js';

const paramsSchema = z.object({ competition: z.string(), phase: z.string() });

/** What a team begins with, for anyone. */
export const starterKitRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, storage, scratchDirectory, accounts } = parts;

  app.get(
    '/competitions/:competition/phases/:phase/starter-kit',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Say what is in a phase’s starter kit',
        tags: ['competitions'],
        params: paramsSchema,
        response: { 200: starterKitSchema, ...problemResponse },
      },
    },
    async ({ params }) => (await compose(params)).description,
  );

  app.get(
    '/competitions/:competition/phases/:phase/starter-kit.zip',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Download a phase’s starter kit',
        description:
          'A README whose commands work as pasted, a sample bundle of each engine, and the phase’s public sample in MURA’s ' +
          'layout. What has the kit already sends its `ETag` in `If-None-Match`, and is answered 304.',
        tags: ['competitions'],
        params: paramsSchema,
        response: {
          200: { description: 'A zip.', content: { 'application/zip': { schema: z.unknown() } } },
          ...problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { description, version, pack } = await compose(request.params);
      const tag = `"${version}"`;
      reply.headers({ etag: tag, 'cache-control': 'no-cache' });
      if (matchesEtag(request.headers['if-none-match'], [tag])) return reply.code(304).send();
      reply.headers({
        'content-type': 'application/zip',
        'content-length': description.sizeBytes,
        'content-disposition': `attachment; filename="${description.fileName}"`,
      });
      // Nothing is read for a HEAD.
      return reply.send(request.method === 'HEAD' ? Readable.from([]) : Readable.from(pack()));
    },
  );

  async function compose(address: z.infer<typeof paramsSchema>) {
    const phase = await findPhaseOrThrow(database, address);
    const { title } = await findCompetitionOrThrow(database, address.competition);
    return await composeKit({ database, storage, scratchDirectory, publicUrl: accounts.publicUrl }, phase, title);
  }
};
