import {
  auditLogSchema,
  disqualificationSchema,
  filteredSubmissionsSchema,
  HoldoutError,
  hiddenDataActions,
  importedPredictionsSchema,
  rerunSchema,
  runLogListSchema,
  type Standing,
  submissionFilterSchema,
  submissionSchema,
} from '@holdout/contracts';
import { changeStanding, findSubmission, listAudit, rerunEvaluations } from '@holdout/db';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { organiserOf } from '../caller.js';
import { findOrganisedPhase } from '../competitions/find-organised-phase.js';
import { findCompetitionOrThrow, findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { ringEvaluations } from '../ring-evaluations.js';
import { findOwnSubmission } from '../submissions/find-own-submission.js';
import { presentSubmission } from '../submissions/present-submission.js';
import { filterForOrganisers } from './filter-for-organisers.js';
import { importPredictions } from './import-predictions.js';
import { readRunLogs } from './read-run-logs.js';

const paramsSchema = z.object({ id: z.string().meta({ format: 'uuid' }) });
const phaseParamsSchema = z.object({ competition: z.string(), phase: z.string() });
const actsPerPage = 100;

/** What only organisers may do. Every act is in the audit log, with what stood there before and after. */
export const organiserRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  async function stand(request: FastifyRequest, id: string, standing: Standing, reason: string | null) {
    const caller = callerOf(request);
    const before = await findOwnSubmission(database, caller, id);
    const { actor } = organiserOf(caller, before);
    await changeStanding(database, { submissionId: before.id, standing, reason, actor });
    const submission = (await findSubmission(database, before.id)) ?? before;
    return presentSubmission(submission, await findPhaseOrThrow(database, submission), true);
  }

  app.get(
    '/competitions/:competition/submissions',
    {
      schema: {
        summary: 'Find submissions of a competition',
        description:
          'For organisers. The latest first, 100 at a time; every filter narrows what the others let through.',
        tags: ['organisers'],
        params: z.object({ competition: z.string() }),
        querystring: submissionFilterSchema,
        response: { 200: filteredSubmissionsSchema, ...problemResponse },
      },
    },
    async (request) => {
      const competition = await findCompetitionOrThrow(database, request.params.competition);
      organiserOf(callerOf(request), { competitionId: competition.id });
      return await filterForOrganisers(database, competition, request.query);
    },
  );

  app.post(
    '/submissions/:id/withdraw',
    {
      schema: {
        summary: 'Take a submission out of its board',
        description: 'For organisers. The team’s next best takes its place; nothing of it is lost.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    (request) => stand(request, request.params.id, 'withdrawn', null),
  );

  app.post(
    '/submissions/:id/disqualify',
    {
      schema: {
        summary: 'Disqualify a submission',
        description: 'For organisers. The reason is shown to its team.',
        tags: ['organisers'],
        params: paramsSchema,
        body: disqualificationSchema,
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    (request) => stand(request, request.params.id, 'disqualified', request.body.reason),
  );

  app.post(
    '/submissions/:id/restore',
    {
      schema: {
        summary: 'Let a submission count again',
        description: 'For organisers, after it was withdrawn or disqualified.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    (request) => stand(request, request.params.id, 'counted', null),
  );

  app.post(
    '/submissions/:id/rerun',
    {
      schema: {
        summary: 'Run a submission anew',
        description:
          'For organisers. What it has stays on the board until the new evaluation is scored; it costs no quota. ' +
          '409 where it is under way already, or has no bundle.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 202: rerunSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const submission = await findOwnSubmission(database, caller, request.params.id);
      const { actor } = organiserOf(caller, submission);
      if (submission.bundleDigest === null) throw new HoldoutError('submission_without_bundle');
      const which = { submissionId: submission.id };
      const begun = await rerun({ phaseId: submission.phaseId, which, actor }, request.log);
      if (begun === 0) throw new HoldoutError('submission_under_way');
      return reply.code(202).send({ begun });
    },
  );

  app.get(
    '/submissions/:id/hidden-logs',
    {
      schema: {
        summary: 'Read what a bundle printed on hidden studies',
        description:
          'For organisers: why it failed there, of which its team is told the kind at most, and all that it printed. ' +
          'It may hold anything of the hidden images, so that each reading is written into the audit log.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 200: runLogListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const submission = await findOwnSubmission(database, caller, request.params.id);
      const { actor } = organiserOf(caller, submission);
      const { competitionId } = await findPhaseOrThrow(database, submission);
      return await readRunLogs(database, { submission, competitionId, actor });
    },
  );

  app.post(
    '/competitions/:competition/phases/:phase/rerun',
    {
      schema: {
        summary: 'Run the submissions of a phase anew',
        description:
          'For organisers: those on the board, those that failed by the server’s fault, or all that were scored or ' +
          'failed. What they have stays on the board until the new evaluations are scored.',
        tags: ['organisers'],
        params: phaseParamsSchema,
        body: z.strictObject({ which: z.enum(['entries', 'failed', 'all']) }),
        response: { 202: rerunSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const begun = await rerun({ phaseId: phase.id, which: request.body.which, actor }, request.log);
      return reply.code(202).send({ begun });
    },
  );

  /** Reconcile rings for what is not rung here. */
  async function rerun(asked: Parameters<typeof rerunEvaluations>[1], log: FastifyBaseLogger): Promise<number> {
    const ids = await rerunEvaluations(database, asked);
    await ringEvaluations(parts, ids, log);
    return ids.length;
  }

  app.post(
    '/competitions/:competition/phases/:phase/predictions',
    {
      bodyLimit: 64 * 1024 * 1024,
      // So much is read of nobody else.
      onRequest: async (request) => void (await findOrganisedPhase(database, request)),
      schema: {
        summary: 'Import predictions for a team',
        description:
          'For organisers: predictions that were made elsewhere become a submission without a bundle, and are scored as ' +
          'any other. Each study of the test set must be predicted exactly once. They do not count against quotas.',
        tags: ['organisers'],
        params: phaseParamsSchema,
        body: importedPredictionsSchema,
        response: { 201: submissionSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const submission = await importPredictions(parts, { phase, imported: request.body, actor }, request.log);
      return reply.code(201).send(presentSubmission(submission, phase, true));
    },
  );

  app.get(
    '/competitions/:competition/audit',
    {
      schema: {
        summary: 'Read what organisers did',
        description:
          'For organisers. The latest first, 100 at a time; `before` is the `next` of the page before. `about=hidden-data` ' +
          'keeps the acts by which somebody saw hidden labels, images or logs.',
        tags: ['organisers'],
        params: z.object({ competition: z.string() }),
        querystring: z.object({
          before: z.coerce.number().int().positive().optional(),
          about: z.literal('hidden-data').optional(),
        }),
        response: { 200: auditLogSchema, ...problemResponse },
      },
    },
    async (request) => {
      const competition = await findCompetitionOrThrow(database, request.params.competition);
      organiserOf(callerOf(request), { competitionId: competition.id });
      const { before, about } = request.query;
      const actions = about && hiddenDataActions;
      const page = { competitionId: competition.id, limit: actsPerPage, beforeId: before, actions };
      const acts = await listAudit(database, page);
      const last = acts.length === actsPerPage ? acts.at(-1) : undefined;
      return { acts: acts.map((act) => ({ ...act, at: act.at.toISOString() })), next: last?.id ?? null };
    },
  );
};
