import {
  collectionRequestSchema,
  collectionSchema,
  HoldoutError,
  installationSchema,
  queueListSchema,
  verificationRequestSchema,
  verificationSchema,
  workerListSchema,
  workerModeSchema,
  workerSchema,
} from '@holdout/contracts';
import { insertAudit, listWorkers, readQueues, setWorkerMode } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { siteAdminOf } from '../caller.js';
import { problemResponse } from '../describe-api.js';
import { collectBlobs } from './collect-blobs.js';
import { describeInstallation } from './describe-installation.js';
import { presentQueue, presentWorker } from './present-worker.js';
import { verifyBlobs } from './verify-blobs.js';

/** As the audit log names what makes a worker work in another way. */
const modeActions = { working: 'worker.resume', paused: 'worker.pause', draining: 'worker.drain' } as const;

/** What runs a server needs: who works, what waits, how much room is left. For site administrators. */
export const operatorRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/operator/workers',
    {
      schema: {
        summary: 'List the workers',
        description:
          'For site administrators: the processes that evaluate and score, on which machine, and what each does now. One ' +
          'that was lost is shown for a day.',
        tags: ['operator'],
        response: { 200: workerListSchema, ...problemResponse },
      },
    },
    async (request) => {
      siteAdminOf(callerOf(request));
      return { workers: (await listWorkers(database)).map(presentWorker) };
    },
  );

  app.put(
    '/operator/workers/:id/mode',
    {
      schema: {
        summary: 'Pause, drain or resume a worker',
        description:
          'For site administrators. `paused` and `draining`: from now on it claims nothing new, and ends what it has. A ' +
          'paused worker stays so until it is resumed, also when it is started anew; a draining one until its process ends.',
        tags: ['operator'],
        params: z.object({ id: z.uuid() }),
        body: z.strictObject({ mode: workerModeSchema }),
        response: { 200: workerSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { actor } = siteAdminOf(callerOf(request));
      const { id } = request.params;
      const { mode } = request.body;
      await database.transaction().execute(async (trx) => {
        const change = await setWorkerMode(trx, id, mode);
        if (!change) throw new HoldoutError('worker_not_found', { detail: `Found ${id}.` });
        const act = { actor, action: modeActions[mode], competitionId: null, subject: change.name };
        await insertAudit(trx, { ...act, before: { mode: change.before }, after: { mode } });
      });
      const worker = (await listWorkers(database)).find((each) => each.id === id);
      if (!worker) throw new HoldoutError('worker_not_found', { detail: 'It has ended.' });
      return presentWorker(worker);
    },
  );

  app.get(
    '/operator/queues',
    {
      schema: {
        summary: 'Read what waits',
        description:
          'For site administrators: how many evaluations wait for a worker of each kind, since when, and which were begun ' +
          'and are held by nobody.',
        tags: ['operator'],
        response: { 200: queueListSchema, ...problemResponse },
      },
    },
    async (request) => {
      siteAdminOf(callerOf(request));
      return { queues: (await readQueues(database)).map(presentQueue) };
    },
  );

  app.get(
    '/operator/installation',
    {
      schema: {
        summary: 'Read versions, and the room that data takes',
        description: 'For site administrators.',
        tags: ['operator'],
        response: { 200: installationSchema, ...problemResponse },
      },
    },
    async (request) => {
      siteAdminOf(callerOf(request));
      return await describeInstallation(parts);
    },
  );

  app.post(
    '/operator/storage/collect',
    {
      schema: {
        summary: 'Remove stored files that nothing uses',
        description:
          'For site administrators. Looks at a page of files and removes those that nothing uses and that were not put for ' +
          '`olderThanHours`; as a dry run, which is the default, it only says how many. Ask again with `after: next`.',
        tags: ['operator'],
        body: collectionRequestSchema,
        response: { 200: collectionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { actor } = siteAdminOf(callerOf(request));
      const collection = await collectBlobs(parts, request.body, request.log);
      if (!request.body.dryRun && collection.unused.files > 0) {
        const act = { actor, action: 'storage.collect', competitionId: null, subject: 'storage' };
        await insertAudit(database, { ...act, before: null, after: collection.unused });
      }
      return collection;
    },
  );

  app.post(
    '/operator/storage/verify',
    {
      schema: {
        summary: 'Read stored files and compare their digests',
        description:
          'For site administrators. Reads files for about ten seconds, and names those that are damaged, or missing and used. ' +
          'Ask again with `after: next`.',
        tags: ['operator'],
        body: verificationRequestSchema,
        response: { 200: verificationSchema, ...problemResponse },
      },
    },
    async (request) => {
      siteAdminOf(callerOf(request));
      return await verifyBlobs(parts, request.body);
    },
  );
};
