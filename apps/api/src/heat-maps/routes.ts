import { HoldoutError, heatMapAnswerSchema, type SampleHeatMaps, sampleHeatMapsSchema } from '@holdout/contracts';
import { listHeatMaps, requestHeatMaps } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { type Caller, isMember } from '../caller.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { findOwnSubmission } from '../submissions/find-own-submission.js';
import { findHeatMapSource } from './find-heat-map-source.js';
import { presentHeatMap, presentStatus } from './present-heat-map.js';
import { findSampleImage, listPublicSample } from './public-sample.js';

const paramsSchema = z.object({ id: z.string().meta({ format: 'uuid' }) });
const imageQuerySchema = z.object({ study: z.string().min(1), view: z.coerce.number().int().min(1).default(1) });

/** Where a submission looks in images of the public sample: for its team, and organisers of its competition. */
export const heatMapRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, storage } = parts;

  app.get(
    '/submissions/:id/heat-maps',
    {
      schema: {
        summary: 'List the heat maps of a submission',
        description: 'The studies of its phase’s public sample, and how far the heat map of each of their images is.',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: sampleHeatMapsSchema, ...problemResponse },
      },
    },
    async (request) => list(callerOf(request), request.params.id),
  );

  app.post(
    '/submissions/:id/heat-maps',
    {
      config: { asksForHeatMaps: true },
      schema: {
        summary: 'Ask for heat maps',
        description:
          'Of all images of a study of the public sample, or of the whole sample. A worker makes them when no submission ' +
          'waits; what is made is kept. So many of a team may wait at one time (429).',
        tags: ['submissions'],
        params: paramsSchema,
        body: z.strictObject({ study: z.string().min(1).max(1024).optional() }),
        response: { 202: sampleHeatMapsSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { study: wanted } = request.body;
      const { id } = request.params;
      const caller = callerOf(request);
      const { submission, source, studies } = await find(caller, id);
      const chosen = studies.filter(({ study }) => wanted === undefined || study === wanted);
      if (chosen.length === 0) throw new HoldoutError('image_not_found');
      const images = chosen.flatMap((study) => study.images.map(({ digest }) => digest));
      const askedBy = isMember(caller, submission) ? 'team' : 'organiser';
      await requestHeatMaps(database, { ...source, submissionId: submission.id, images, askedBy });
      return reply.code(202).send(await list(caller, id));
    },
  );

  app.get(
    '/submissions/:id/heat-map',
    {
      schema: {
        summary: 'Read a heat map of a submission',
        description: 'Of one image of the public sample; `view` counts a study’s images from 1.',
        tags: ['submissions'],
        params: paramsSchema,
        querystring: imageQuerySchema,
        response: { 200: heatMapAnswerSchema, ...problemResponse },
      },
    },
    async (request) => {
      const submission = await findOwnSubmission(database, callerOf(request), request.params.id);
      const phase = await findPhaseOrThrow(database, submission);
      const { digest } = await findSampleImage(database, phase, request.query);
      return await presentHeatMap(database, await findHeatMapSource(database, submission), digest);
    },
  );

  app.get(
    '/submissions/:id/sample-image',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Look at an image of a submission’s public sample',
        description: '`view` counts a study’s images from 1.',
        tags: ['submissions'],
        params: paramsSchema,
        querystring: imageQuerySchema,
        response: {
          200: { description: 'The image, as bundles see it.', content: { 'image/png': { schema: z.unknown() } } },
          ...problemResponse,
        },
      },
    },
    async (request, reply) => {
      const submission = await findOwnSubmission(database, callerOf(request), request.params.id);
      const phase = await findPhaseOrThrow(database, submission);
      const { digest, sizeBytes } = await findSampleImage(database, phase, request.query);
      return reply
        .headers({ 'content-type': 'image/png', 'content-length': sizeBytes })
        .send(await storage.open(digest));
    },
  );

  async function find(caller: Caller, id: string) {
    const submission = await findOwnSubmission(database, caller, id);
    const source = await findHeatMapSource(database, submission);
    const studies = await listPublicSample(database, await findPhaseOrThrow(database, submission));
    return { submission, source, studies };
  }

  async function list(caller: Caller, id: string): Promise<SampleHeatMaps> {
    const { source, studies } = await find(caller, id);
    const images = studies.flatMap((study) => study.images.map(({ digest }) => digest));
    const known = new Map((await listHeatMaps(database, { ...source, images })).map((map) => [map.image, map]));
    return {
      method: source.method,
      studies: studies.map((study) => ({
        study: study.study,
        studyType: study.studyType,
        images: study.images.map(({ digest }) => presentStatus(known.get(digest))),
      })),
    };
  }
};
