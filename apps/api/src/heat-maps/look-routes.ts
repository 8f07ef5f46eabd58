import { digestSchema, HoldoutError, heatMapAnswerSchema } from '@holdout/contracts';
import {
  findImage,
  findSubmission,
  insertAudit,
  listVersionsOfPhase,
  type PhaseRecord,
  requestHeatMaps,
  type SubmissionRecord,
} from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findOrganisedPhase } from '../competitions/find-organised-phase.js';
import { problemResponse } from '../describe-api.js';
import { findHeatMapSource } from './find-heat-map-source.js';
import { presentHeatMap } from './present-heat-map.js';

const paramsSchema = z.object({ competition: z.string(), phase: z.string() });
const addressSchema = {
  submission: z.uuid(),
  /** The present one where it is left out. */
  version: digestSchema.optional(),
  study: z.string().min(1).max(1024),
};
const viewSchema = z.number().int().min(1);

interface MapAddress {
  readonly submission: string;
  readonly version?: string | undefined;
  readonly study: string;
  readonly view: number;
}

/** By which an organiser looks at where a submission looks in hidden images. Each look is in the audit log first. */
export const heatMapLookRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/competitions/:competition/phases/:phase/test-set/heat-map',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Read where a submission looks in an image of a phase’s test set',
        description: 'For organisers; that a map was read is in the audit log. `view` counts a study’s images from 1.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: z.object({ ...addressSchema, view: z.coerce.number().int().min(1).default(1) }),
        response: { 200: heatMapAnswerSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const { source, image, looked } = await find(phase, request.query);
      const answer = await presentHeatMap(database, source, image);
      // Who asks whether it is there already has looked at nothing.
      if (answer.map) await rememberLook(phase, actor, 'heat-map.read', looked);
      return answer;
    },
  );

  app.post(
    '/competitions/:competition/phases/:phase/test-set/heat-map',
    {
      config: { asksForHeatMaps: true },
      schema: {
        summary: 'Ask where a submission looks in an image of a phase’s test set',
        description:
          'For organisers; that it was asked for is in the audit log. A worker makes it when none is waited for.',
        tags: ['test sets'],
        params: paramsSchema,
        body: z.strictObject({ ...addressSchema, view: viewSchema.default(1) }),
        response: { 202: heatMapAnswerSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const { submission, source, image, looked } = await find(phase, request.body);
      await rememberLook(phase, actor, 'heat-map.request', looked);
      const asked = { ...source, submissionId: submission.id, images: [image], askedBy: 'organiser' as const };
      await requestHeatMaps(database, asked);
      return reply.code(202).send(await presentHeatMap(database, source, image));
    },
  );

  async function find(phase: PhaseRecord, { submission: id, version: digest, study, view }: MapAddress) {
    const submission = await findOfPhase(phase, id);
    const version = digest ?? phase.testSetDigest;
    const known = (await listVersionsOfPhase(database, phase.id)).find((each) => each.digest === version);
    if (!known) throw new HoldoutError('version_not_found', { detail: `Found ${version}.` });
    const image = await findImage(database, { versionId: known.id, study, position: view - 1 });
    if (!image) throw new HoldoutError('image_not_found', { detail: `Found ${study}, view ${view}.` });
    const source = await findHeatMapSource(database, submission);
    return { submission, source, image: image.digest, looked: { submission: id, version, study, view } };
  }

  async function findOfPhase(phase: PhaseRecord, id: string): Promise<SubmissionRecord> {
    const submission = await findSubmission(database, id);
    if (submission?.phaseId === phase.id) return submission;
    throw new HoldoutError('submission_not_found');
  }

  /** Written before anything is sent: no look without its line. */
  async function rememberLook(phase: PhaseRecord, actor: string, action: string, after: object): Promise<void> {
    const { competitionId, slug: subject } = phase;
    await insertAudit(database, { actor, action, competitionId, subject, before: null, after });
  }
};
