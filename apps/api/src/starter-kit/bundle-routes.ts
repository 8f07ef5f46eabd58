import { createReadStream } from 'node:fs';
import { HoldoutError, starterBundleListSchema, starterBundleSchema } from '@holdout/contracts';
import { deleteStarterBundle, listStarterBundles } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { organiserOf } from '../caller.js';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { withReceivedArchive } from '../test-sets/receive-archive.js';
import { acceptArchives } from '../uploads/accept-archives.js';
import { checkInProcess } from '../uploads/check-in-process.js';
import { keepStarterBundle, starterBundleLimits } from './keep-starter-bundle.js';
import { presentStarterBundle } from './present-starter-bundle.js';

const paramsSchema = z.object({ competition: z.string() });

/** The sample bundles of a competition: anyone sees which there are, its organisers say which. */
export const starterBundleRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, scratchDirectory } = parts;
  await acceptArchives(app);

  app.get(
    '/competitions/:competition/starter-bundles',
    {
      config: { access: 'open' },
      schema: {
        summary: 'List the sample bundles of a competition',
        description: 'At most one of each engine; they are in the starter kit of each phase.',
        tags: ['competitions'],
        params: paramsSchema,
        response: { 200: starterBundleListSchema, ...problemResponse },
      },
    },
    async ({ params }) => {
      const { id } = await findCompetitionOrThrow(database, params.competition);
      return { bundles: (await listStarterBundles(database, id)).map(presentStarterBundle) };
    },
  );

  app.post(
    '/competitions/:competition/starter-bundles',
    {
      config: { takesArchive: true },
      schema: {
        summary: 'Set a sample bundle of a competition',
        description:
          'For organisers. It is checked as a submission is, and takes the place of the one of its engine. It may hold 256 MiB.',
        tags: ['competitions'],
        params: paramsSchema,
        response: { 200: starterBundleSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { id: competitionId } = await findCompetitionOrThrow(database, request.params.competition);
      const { actor } = organiserOf(callerOf(request), { competitionId });
      const receive = { scratchDirectory, limitBytes: largestArchiveBytes };
      return await withReceivedArchive(request, receive, async ({ path }) => {
        const packedPath = `${path}.packed`;
        const found = await checkInProcess(path, { bundle: starterBundleLimits, packedPath });
        const packed = createReadStream(packedPath);
        return presentStarterBundle(await keepStarterBundle(parts, { competitionId, actor, ...found, packed }));
      });
    },
  );

  app.delete(
    '/competitions/:competition/starter-bundles/:engine',
    {
      schema: {
        summary: 'Remove a sample bundle of a competition',
        description: 'For organisers.',
        tags: ['competitions'],
        params: paramsSchema.extend({ engine: z.string() }),
        response: { 204: z.undefined().describe('It is there no more.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const { competition, engine } = request.params;
      const { id: competitionId } = await findCompetitionOrThrow(database, competition);
      const { actor } = organiserOf(callerOf(request), { competitionId });
      const removed = await deleteStarterBundle(database, { competitionId, actor, engine });
      if (!removed) throw new HoldoutError('starter_bundle_not_found', { detail: `You asked for “${engine}”.` });
      return reply.code(204).send();
    },
  );
};

const largestArchiveBytes = 256 * 1024 ** 2;
