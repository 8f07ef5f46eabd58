import { dirname, join } from 'node:path';
import { HoldoutError, submissionSchema } from '@holdout/contracts';
import { demandOpen, demandPresentAcceptance, demandQuota } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { teamOf } from '../caller.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { presentSubmission } from '../submissions/present-submission.js';
import { findOwnUpload } from './find-own-upload.js';
import { UploadFinisher } from './finish-upload.js';
import { startTendingUploads } from './tend-uploads.js';
import { TusHandler } from './tus-handler.js';
import { UploadStore } from './upload-store.js';

const phaseParamsSchema = z.object({ competition: z.string(), phase: z.string() });
const uploadParamsSchema = phaseParamsSchema.extend({ id: z.string().meta({ format: 'uuid' }) });

/** Bundles that come in parts, by the tus protocol: an upload that broke off goes on where it was. */
export const uploadRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;
  const { uploadsDirectory, uploadsBucket: s3 } = parts;
  const store = await UploadStore.open(database, uploadsDirectory, { s3 });
  const finisher = new UploadFinisher(parts, store);
  const checkingDirectory = join(dirname(uploadsDirectory), 'unfinished');
  const tus = new TusHandler({
    database,
    store,
    finisher,
    checkingDirectory,
    silenceSeconds: parts.uploadSilenceSeconds,
  });
  app.addContentTypeParser('application/offset+octet-stream', (_request, payload, done) => done(null, payload));
  const stopTending = startTendingUploads(parts, { store, finisher, log: app.log });
  app.addHook('onClose', stopTending);

  app.post(
    '/competitions/:competition/phases/:phase/uploads',
    {
      config: { beginsUpload: true },
      schema: {
        summary: 'Begin to upload a bundle in parts',
        description:
          'By the tus protocol, version 1.0.0, with its extensions creation, creation-with-upload, termination, ' +
          'expiration, checksum and concatenation. `Upload-Length` is the size of the archive; `Upload-Metadata` may have `filename`, and what the ' +
          'plain upload takes in its query: `name`, `description`, `link`, `stopOnWarning`. `Location` is the address to ' +
          'send the parts to. An upload that is not finished is kept for 24 hours, and a team’s latest eight.',
        tags: ['submissions'],
        params: phaseParamsSchema,
        response: { 201: z.undefined().describe('The upload has begun.'), ...problemResponse },
      },
    },
    async (request, reply) => {
      const phase = await findPhaseOrThrow(database, request.params);
      const team = teamOf(callerOf(request), phase);
      // All hold again when the last byte is there: the transaction that makes the submission checks them.
      await demandOpen(database, phase.id);
      await demandPresentAcceptance(database, { phaseId: phase.id, teamId: team.id });
      await demandQuota(database, { phaseId: phase.id, teamId: team.id });
      return await tus.answer({ request, teamId: team.id, phase, upload: null }, reply);
    },
  );

  app.route({
    method: 'OPTIONS',
    url: '/competitions/:competition/phases/:phase/uploads',
    config: { access: 'open' },
    schema: { hide: true, params: phaseParamsSchema },
    handler: (_request, reply) => tus.describe(reply),
  });

  const partRoutes = [
    [
      'PATCH',
      'Send a part of an upload',
      'From `Upload-Offset` on. With the last one the bundle is checked and entered.',
    ],
    ['HEAD', 'Read how much of an upload is there', '`Upload-Offset` is the byte to go on from.'],
    ['DELETE', 'Give up an upload', 'Its bytes are removed; a submission that it made already stays.'],
  ] as const;
  for (const [method, summary, description] of partRoutes) {
    app.route({
      method,
      url: '/competitions/:competition/phases/:phase/uploads/:id',
      config: { countsAsRead: true },
      schema: {
        summary,
        description,
        tags: ['submissions'],
        params: uploadParamsSchema,
        response: { [method === 'HEAD' ? 200 : 204]: z.undefined().describe('As asked.'), ...problemResponse },
      },
      handler: async (request, reply) => {
        const phase = await findPhaseOrThrow(database, request.params);
        const upload = await findOwnUpload(database, callerOf(request), request.params.id);
        const { teamId, phaseId } = upload;
        if (phaseId !== phase.id) throw new HoldoutError('upload_not_found');
        // What is there stays, and goes on when the team has accepted them.
        if (method === 'PATCH') await demandPresentAcceptance(database, { phaseId, teamId });
        return await tus.answer({ request, teamId, phase, upload }, reply);
      },
    });
  }

  app.get(
    '/uploads/:id/result',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Read what became of an upload',
        description:
          'The submission that it made, or the problem that the plain upload would have been answered with. It can be ' +
          'asked for again for a day, and never makes a second submission. 409 while bytes are missing.',
        tags: ['submissions'],
        params: z.object({ id: z.string().meta({ format: 'uuid' }) }),
        response: { 200: submissionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const upload = await findOwnUpload(database, callerOf(request), request.params.id);
      if (upload.partial) {
        throw new HoldoutError('upload_unfinished', {
          detail: 'It is a partial upload: a final one puts it together.',
        });
      }
      if (!(await store.isComplete(upload))) {
        const { offset } = await store.getUpload(upload.id);
        throw new HoldoutError('upload_unfinished', { detail: `${offset} of ${upload.sizeBytes} bytes are there.` });
      }
      const submission = await finisher.finish(upload.id, request);
      return presentSubmission(submission, await findPhaseOrThrow(database, upload), false);
    },
  );
};
