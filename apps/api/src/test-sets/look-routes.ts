import {
  digestSchema,
  HoldoutError,
  readerAgreementSchema,
  testSetContentsSchema,
  testSetDiffSchema,
} from '@holdout/contracts';
import { findImage, insertAudit, listVersionsOfPhase, type PhaseRecord, readTestSetVersion } from '@holdout/db';
import { agreeInPairs } from '@holdout/scoring';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findOrganisedPhase } from '../competitions/find-organised-phase.js';
import { problemResponse } from '../describe-api.js';
import { diffTestSets } from './diff-test-sets.js';
import { presentTestSet } from './present-test-set.js';

const paramsSchema = z.object({ competition: z.string(), phase: z.string() });
const versionSchema = z.object({ version: digestSchema.optional() });

/** By which an organiser looks at what is hidden. Each look is in the audit log before anything is sent. */
export const testSetLookRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, storage } = parts;

  app.get(
    '/competitions/:competition/phases/:phase/test-set/diff',
    {
      schema: {
        summary: 'Compare two versions of a phase’s test set',
        description: 'For organisers, since it tells labels; that it was read is in the audit log.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: z.object({ from: digestSchema, to: digestSchema }),
        response: { 200: testSetDiffSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const [from, to] = [await read(phase, request.query.from), await read(phase, request.query.to)];
      await rememberLook(phase, actor, 'test-set.read', { from: from.digest, to: to.digest });
      return diffTestSets(from, to);
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/test-set/studies',
    {
      schema: {
        summary: 'Read the studies and labels of a phase’s test set',
        description: 'For organisers; that it was read is in the audit log. The present version where none is named.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: versionSchema,
        response: { 200: testSetContentsSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const version = await read(phase, request.query.version);
      await rememberLook(phase, actor, 'test-set.read', { version: version.digest });
      return presentTestSet(version);
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/test-set/image',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Look at an image of a phase’s test set',
        description:
          'For organisers; that it was looked at is in the audit log. `view` counts a study’s images from 1.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: versionSchema.extend({
          study: z.string().min(1),
          view: z.coerce.number().int().min(1).default(1),
        }),
        response: {
          200: { description: 'The image, as bundles see it.', content: { 'image/png': { schema: z.unknown() } } },
          ...problemResponse,
        },
      },
    },
    async (request, reply) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const { study, view } = request.query;
      const { id: versionId, digest: version } = await find(phase, request.query.version);
      const image = await findImage(database, { versionId, study, position: view - 1 });
      if (!image) throw new HoldoutError('image_not_found', { detail: `Found ${study}, view ${view}.` });
      await rememberLook(phase, actor, 'image.read', { version, study, view });
      return reply
        .headers({ 'content-type': 'image/png', 'content-length': image.sizeBytes })
        .send(await storage.open(image.digest));
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/test-set/agreement',
    {
      schema: {
        summary: 'Ask how well the readers of a phase’s test set agree',
        description: 'For organisers: Cohen’s kappa of each two readers. That it was read is in the audit log.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: versionSchema,
        response: { 200: readerAgreementSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const { digest: version, readers, goldReaders } = await read(phase, request.query.version);
      await rememberLook(phase, actor, 'agreement.read', { version });
      const names = readers.map(({ reader }) => reader);
      return { version, readers: names, goldReaders: [...goldReaders], pairs: agreeInPairs(readers) };
    },
  );

  /** The version that is named; the present one where none is. */
  async function find(phase: PhaseRecord, digest: string = phase.testSetDigest) {
    const known = (await listVersionsOfPhase(database, phase.id)).find((version) => version.digest === digest);
    if (known) return known;
    throw new HoldoutError('version_not_found', { detail: `Found ${digest}.` });
  }

  async function read(phase: PhaseRecord, digest: string | undefined) {
    return await readTestSetVersion(database, (await find(phase, digest)).id);
  }

  /** Written before anything is sent: no look without its line. */
  async function rememberLook(phase: PhaseRecord, actor: string, action: string, after: object): Promise<void> {
    const { competitionId, slug: subject } = phase;
    await insertAudit(database, { actor, action, competitionId, subject, before: null, after });
  }
};
