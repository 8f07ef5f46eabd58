import {
  HoldoutError,
  queuePlaceSchema,
  quotaUseSchema,
  submissionCurvesSchema,
  submissionListSchema,
  submissionPlaceSchema,
  submissionSchema,
  writeSentence,
} from '@holdout/contracts';
import {
  chooseSubmission,
  type Database,
  demandOpen,
  demandPresentAcceptance,
  demandQuota,
  describeQuotaRefusal,
  findSubmission,
  listCompetitions,
  listSubmissions,
  type PhaseRecord,
  readQuotaUse,
  type SubmissionRecord,
} from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { type Caller, isMember, isOrganiser, teamOf } from '../caller.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { eventStreamResponse, problemResponse } from '../describe-api.js';
import { acceptArchives } from '../uploads/accept-archives.js';
import { describeSchema } from '../uploads/read-description.js';
import { receiveUpload } from '../uploads/receive-upload.js';
import { cancelSubmission } from './cancel-submission.js';
import { findOwnSubmission, isStillOwn } from './find-own-submission.js';
import { presentSubmission } from './present-submission.js';
import { readCurves } from './read-curves.js';
import { readPlace } from './read-place.js';
import { readQueuePlace } from './read-queue-place.js';
import { streamSubmission } from './stream-events.js';
import { submitBundle } from './submit-bundle.js';

const listQuerySchema = z.object({
  competition: z.string().optional(),
  phase: z.string().optional(),
  mine: z.stringbool().default(false),
});
const paramsSchema = z.object({ id: z.string().meta({ format: 'uuid' }) });

/** A team's submissions: for its members, and for organisers of their competition. */
export const submissionRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const present = async (submission: SubmissionRecord, caller: Caller) => {
    const phase = await findPhaseOrThrow(parts.database, submission);
    return presentSubmission(submission, phase, isOrganiser(caller, submission));
  };
  await acceptArchives(app);

  app.post(
    '/competitions/:competition/phases/:phase/submissions',
    {
      config: { takesArchive: true },
      schema: {
        summary: 'Submit a bundle',
        description:
          'The archive is the body, or a file of a multipart form. It is checked at once: a bundle that is refused ' +
          '(422, with every reason) costs nothing. `name`, `description` and `link` replace those of its manifest. ' +
          'With `stopOnWarning`, what looks wrong in the check on the public sample stops it there, and costs nothing.',
        tags: ['submissions'],
        params: z.object({ competition: z.string(), phase: z.string() }),
        querystring: describeSchema,
        response: { 201: submissionSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const phase = await findPhaseOrThrow(parts.database, request.params);
      const team = teamOf(callerOf(request), phase);
      // Before the body is read; that it still holds when it is there, the transaction checks again.
      await demandOpen(parts.database, phase.id);
      await demandPresentAcceptance(parts.database, { phaseId: phase.id, teamId: team.id });
      await demandQuota(parts.database, { phaseId: phase.id, teamId: team.id });
      const { bundleSizeBytes: limitBytes } = phase.limits;
      const silenceSeconds = parts.uploadSilenceSeconds;
      const upload = await receiveUpload(request, parts.storage, { limitBytes, silenceSeconds });
      const description = { ...request.query, ...upload.description };
      const submission = await submitBundle(parts, { team, phase, upload, description }, request);
      return reply
        .code(201)
        .header('location', `/api/submissions/${submission.id}`)
        .send(presentSubmission(submission, phase, false));
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/quota',
    {
      schema: {
        summary: 'Read how many submissions the team has left',
        description:
          'In any 24 hours, in all, and under way at one time; null is without limit. What failed by the server’s ' +
          'fault does not count, nor what was cancelled, or stopped by a warning, before it ran on the phase’s own images.',
        tags: ['submissions'],
        params: z.object({ competition: z.string(), phase: z.string() }),
        response: { 200: quotaUseSchema, ...problemResponse },
      },
    },
    async (request) => {
      const phase = await findPhaseOrThrow(parts.database, request.params);
      const team = teamOf(callerOf(request), phase);
      const use = await readQuotaUse(parts.database, { phaseId: phase.id, teamId: team.id });
      const refusal = describeQuotaRefusal(use);
      return {
        limits: use.limits,
        used: use.used,
        allowed: use.refusal === null,
        allowedAt: use.refusal?.allowedAt?.toISOString() ?? null,
        message: refusal && writeSentence(refusal),
      };
    },
  );

  app.get(
    '/submissions',
    {
      schema: {
        summary: 'List the team’s submissions',
        description:
          'The latest first, at most 100: those of the caller’s teams, and where they organise a competition those of all ' +
          'its teams. `mine` leaves the others out; `competition` and `phase` keep only those of one.',
        tags: ['submissions'],
        querystring: listQuerySchema,
        response: { 200: submissionListSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { mine, ...of } = request.query;
      const submissions = await listSubmissions(parts.database, { whose: listWhose(caller, mine), of, limit: 100 });
      const phases = await mapPhases(parts.database);
      return {
        submissions: submissions.flatMap((submission) => {
          const phase = phases.get(submission.phaseId);
          return phase ? [presentSubmission(submission, phase, isOrganiser(caller, submission))] : [];
        }),
      };
    },
  );

  app.get(
    '/submissions/:id',
    {
      schema: {
        summary: 'Read a submission',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return present(await findOwnSubmission(parts.database, caller, request.params.id), caller);
    },
  );

  app.get(
    '/submissions/:id/queue',
    {
      schema: {
        summary: 'Read where a submission stands in the queue',
        description:
          'Its place, and how many seconds it is expected to wait and to take, by how long the latest evaluations of its ' +
          'phase took: the median, and the bounds that nine in ten of them kept to on either side.',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: queuePlaceSchema, ...problemResponse },
      },
    },
    async (request) => {
      const submission = await findOwnSubmission(parts.database, callerOf(request), request.params.id);
      return await readQueuePlace(parts.database, submission);
    },
  );

  app.get(
    '/submissions/:id/place',
    {
      schema: {
        summary: 'Read how a submission stands on the board',
        description:
          'Whether it is its team’s entry, and how it stands to the best reader. Of a board that is hidden or frozen ' +
          'nothing is told.',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: submissionPlaceSchema, ...problemResponse },
      },
    },
    async (request) => {
      const submission = await findOwnSubmission(parts.database, callerOf(request), request.params.id);
      return await readPlace(parts.database, submission, await findPhaseOrThrow(parts.database, submission));
    },
  );

  app.get(
    '/submissions/:id/curves',
    {
      schema: {
        summary: 'Read the curves of a score',
        description:
          'ROC, precision–recall and calibration, of a phase whose labels are public and which publishes exact counts; ' +
          'otherwise why there are none.',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: submissionCurvesSchema, ...problemResponse },
      },
    },
    async (request) => {
      const submission = await findOwnSubmission(parts.database, callerOf(request), request.params.id);
      return await readCurves(parts, submission, await findPhaseOrThrow(parts.database, submission));
    },
  );

  app.get(
    '/submissions/:id/events',
    {
      // A HEAD of a stream would wait for its end.
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow a submission',
        description:
          'Server-sent events of the kinds `state`, `progress` and `log`; see SubmissionEvent. The stream ends after ' +
          'a final state. `Last-Event-ID` goes on where an earlier stream ended; 204 where there is nothing left to say.',
        tags: ['submissions'],
        params: paramsSchema,
        response: { ...eventStreamResponse('Events of a submission.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const submission = await findOwnSubmission(parts.database, callerOf(request), request.params.id);
      const isStillAllowed = () => isStillOwn(parts, request, submission.id);
      const asked = { lastEventId: request.headers['last-event-id'], isStillAllowed };
      return streamSubmission(parts, submission, asked, reply);
    },
  );

  app.post(
    '/submissions/:id/cancel',
    {
      schema: {
        summary: 'Cancel a submission that has not ended',
        tags: ['submissions'],
        params: paramsSchema,
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const submission = await findOwnSubmission(parts.database, caller, request.params.id);
      const by = isMember(caller, submission) ? 'team' : 'organiser';
      return present(await cancelSubmission(parts.database, submission, by), caller);
    },
  );

  app.post(
    '/submissions/:id/choose',
    {
      schema: {
        summary: 'Choose what counts',
        description:
          'Where the phase lets a team choose: the best of what it chose is its entry, and the best of all while it has ' +
          'chosen none. `chosen: false` takes a choice back.',
        tags: ['submissions'],
        params: paramsSchema,
        body: z.strictObject({ chosen: z.boolean() }),
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const submission = await findOwnSubmission(parts.database, caller, request.params.id);
      if (!isMember(caller, submission)) {
        throw new HoldoutError('not_allowed', { detail: 'A team chooses among its own submissions.' });
      }
      await chooseSubmission(parts.database, { submissionId: submission.id, chosen: request.body.chosen });
      return present((await findSubmission(parts.database, submission.id)) ?? submission, caller);
    },
  );
};

/** Whose submissions the caller may list. */
function listWhose(caller: Caller, mine: boolean): Parameters<typeof listSubmissions>[1]['whose'] {
  const organises = mine ? [] : caller.organises.filter((each) => isOrganiser(caller, each));
  return {
    everybody: !mine && caller.siteAdmin && !caller.lacksSecondFactor,
    teamIds: caller.teams.map(({ id }) => id),
    organisedIds: organises.map(({ competitionId }) => competitionId),
    onlyCompetitionId: caller.onlyCompetitionId,
  };
}

/** One query for a whole list, where a phase for each submission would be a hundred. */
async function mapPhases(database: Database): Promise<ReadonlyMap<string, PhaseRecord>> {
  const phases = (await listCompetitions(database)).flatMap((competition) => competition.phases);
  return new Map(phases.map((phase) => [phase.id, phase]));
}
