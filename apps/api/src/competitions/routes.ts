import {
  competitionChangesSchema,
  competitionFileSchema,
  competitionListSchema,
  competitionSchema,
  HoldoutError,
  makeProblem,
  makeSentence,
  slugSchema,
} from '@holdout/contracts';
import { findCompetition, listCompetitions } from '@holdout/db';
import type { FastifyBaseLogger } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { type Caller, organiserOf, siteAdminOf } from '../caller.js';
import { problemResponse } from '../describe-api.js';
import { changeGoldReaders, changeTestSet } from '../test-sets/change-test-set.js';
import { isOwnTestSet } from '../test-sets/own-test-sets.js';
import { type AppliedCompetition, applyCompetition } from './apply-competition.js';
import { describeCompetition } from './describe-competition.js';
import { findCompetitionOrThrow, findPhaseOrThrow } from './find-phase.js';
import { presentCompetition } from './present-competition.js';

/** Competitions and their phases: what anyone may read. */
export const competitionRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/competitions',
    {
      config: { access: 'open' },
      schema: {
        summary: 'List the competitions and their phases',
        tags: ['competitions'],
        response: { 200: competitionListSchema, ...problemResponse },
      },
    },
    async () => {
      const competitions = await listCompetitions(database);
      return { competitions: competitions.map(presentCompetition) };
    },
  );

  app.get(
    '/competitions/:competition',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Read one competition',
        tags: ['competitions'],
        params: z.object({ competition: z.string() }),
        response: { 200: competitionSchema, ...problemResponse },
      },
    },
    async ({ params }) => presentCompetition(await findCompetitionOrThrow(database, params.competition)),
  );

  app.put(
    '/competitions/:competition',
    {
      bodyLimit: 1024 * 1024,
      // So much is read of nobody else.
      onRequest: async (request) => void (await demandOrganiser(callerOf(request), request.params.competition)),
      schema: {
        summary: 'Apply a competition’s file',
        description:
          'For organisers. Creates the competition, or changes what differs; the same file again changes nothing. ' +
          '`dryRun` only says what would change. What would break history is refused.',
        tags: ['competitions'],
        params: z.object({ competition: slugSchema }),
        querystring: z.object({ dryRun: z.stringbool().default(false) }),
        body: competitionFileSchema,
        response: { 200: competitionChangesSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { body: file, params, query } = request;
      const caller = callerOf(request);
      const { actor } = await demandOrganiser(caller, params.competition);
      if (file.competition !== params.competition) {
        const expected = makeSentence('as_in_address', { competition: params.competition });
        const problem = makeProblem('request_invalid', { field: 'competition', found: file.competition, expected });
        throw new HoldoutError('request_invalid', { detail: problem.message, problems: [problem] });
      }
      const applied = await applyCompetition(database, {
        file,
        actor,
        dryRun: query.dryRun,
        mayRaisePriority: caller.siteAdmin,
        isOwnTestSet: (testSet) => isOwnTestSet(database, caller, testSet),
      });
      if (applied.applied) await changeGold(applied, actor, request.log);
      return applied;
    },
  );

  /** A new competition is a site administrator's to make. */
  async function demandOrganiser(caller: Caller, slug: string) {
    const known = await findCompetition(database, slug);
    return known ? organiserOf(caller, { competitionId: known.id }) : siteAdminOf(caller);
  }

  /** Other readers make another gold standard, and with it another version of the test set. */
  async function changeGold({ competition, goldChanges }: AppliedCompetition, actor: string, log: FastifyBaseLogger) {
    for (const { phase: slug, goldReaders } of goldChanges) {
      const phase = await findPhaseOrThrow(database, { competition, phase: slug });
      const versionId = await changeGoldReaders(database, phase.testSetVersionId, goldReaders);
      const note = `the gold standard is the majority of ${goldReaders.join(', ')}`;
      await changeTestSet(parts, { phase, versionId, note, actor }, log);
    }
  }

  app.get(
    '/competitions/:competition/file',
    {
      schema: {
        summary: 'Read a competition’s file',
        description: 'For organisers: the competition as `PUT` takes it.',
        tags: ['competitions'],
        params: z.object({ competition: z.string() }),
        response: { 200: z.record(z.string(), z.unknown()), ...problemResponse },
      },
    },
    async (request) => {
      const competition = await findCompetitionOrThrow(database, request.params.competition);
      organiserOf(callerOf(request), { competitionId: competition.id });
      const file = describeCompetition(competition);
      // Labels that were given directly have no readers to name.
      const phases = file.phases.map(({ goldReaders, ...phase }) =>
        goldReaders.length > 0 ? { ...phase, goldReaders } : phase,
      );
      return { ...file, phases };
    },
  );
};
