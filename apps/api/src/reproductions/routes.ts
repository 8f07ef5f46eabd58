import { HoldoutError, reproductionSchema } from '@holdout/contracts';
import {
  findEvaluationOwner,
  findReproduction,
  findSubmission,
  insertReproduction,
  type ReproductionRecord,
} from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { type Caller, isMember, isOrganiser, organiserOf } from '../caller.js';
import { demandUuid } from '../demand-uuid.js';
import { problemResponse } from '../describe-api.js';
import { ringEvaluations } from '../ring-evaluations.js';
import { presentReproduction } from './present-reproduction.js';

type Owner = NonNullable<Awaited<ReturnType<typeof findEvaluationOwner>>>;

const paramsSchema = z.object({ id: z.string().meta({ format: 'uuid' }) });

/** Whether an evaluation gives the same predictions when it is run once more; for organisers. */
export const reproductionRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, queue } = parts;

  async function findOrThrow(id: string): Promise<ReproductionRecord> {
    const found = await findReproduction(database, demandUuid(id, 'evaluation_not_found'));
    if (found) return found;
    throw new HoldoutError('evaluation_not_found');
  }

  app.post(
    '/evaluations/:id/reproductions',
    {
      schema: {
        summary: 'Run an evaluation once more',
        description:
          'For organisers. `id` is that of an evaluation, or of a submission: then of the evaluation that is shown of it. ' +
          'The same bundle is run on the same version of the test set, and its predictions are compared with the first ' +
          'ones. It costs no quota, is never scored and never on a board. While one is under way, it is that one.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 202: reproductionSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const id = demandUuid(request.params.id, 'evaluation_not_found');
      const submission = await findSubmission(database, id);
      const owner = submission ?? (await findEvaluationOwner(database, id));
      hideFromOthers(caller, owner);
      const { actor } = organiserOf(caller, owner);
      const evaluationId = submission?.evaluationId ?? id;
      const reproductionId = await insertReproduction(database, { evaluationId, actor });
      await ringEvaluations({ database, queue }, [reproductionId], request.log);
      reply.header('location', `/api/reproductions/${reproductionId}`);
      return reply.code(202).send(presentReproduction(await findOrThrow(reproductionId)));
    },
  );

  app.get(
    '/reproductions/:id',
    {
      schema: {
        summary: 'Read a reproduction',
        description: 'For organisers. `comparison` is null until its predictions are there and compared.',
        tags: ['organisers'],
        params: paramsSchema,
        response: { 200: reproductionSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const reproduction = await findOrThrow(request.params.id);
      if (!isOrganiser(caller, reproduction)) throw new HoldoutError('evaluation_not_found');
      return presentReproduction(reproduction);
    },
  );
};

/** Of what isn't its own a team is told that it is not there, so that ids can't be tried out. */
function hideFromOthers(caller: Caller, owner: Owner | null): asserts owner is Owner {
  if (owner && (isOrganiser(caller, owner) || isMember(caller, owner))) return;
  throw new HoldoutError('evaluation_not_found');
}
