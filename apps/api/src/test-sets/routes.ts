import {
  newTestSetImportSchema,
  slugSchema,
  testSetChangeSchema,
  testSetEditsSchema,
  testSetImportSchema,
  testSetVersionsSchema,
} from '@holdout/contracts';
import { listVersionsOfPhase, type PhaseRecord } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { anyOrganiserOf } from '../caller.js';
import { findOrganisedPhase } from '../competitions/find-organised-phase.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { acceptArchives } from '../uploads/accept-archives.js';
import { editTestSet } from './change-test-set.js';
import { importForPhase, importNewTestSet } from './import-archive.js';
import { claimName } from './own-test-sets.js';
import { withReceivedArchive } from './receive-archive.js';

const importQuerySchema = z.object({
  note: z.string().trim().min(1).max(1000),
  /** The table with the labels, where there are several. */
  labels: z.string().min(1).optional(),
  /** The readers whose majority is the gold standard, with commas between. */
  gold: z.string().min(1).optional(),
  /** Draws three of the readers at random, by this seed. */
  draw: z.coerce.number().int().min(0).optional(),
});

function readRule({ note, labels: labelsFile, gold, draw: drawSeed }: z.infer<typeof importQuerySchema>) {
  return { note, rule: { labelsFile, drawSeed, goldReaders: gold?.split(',').map((reader) => reader.trim()) } };
}

const paramsSchema = z.object({ competition: z.string(), phase: z.string() });

function roleOf(id: string, currentFrom: Date | null, phase: PhaseRecord): 'next' | 'current' | 'past' {
  if (currentFrom === null) return 'next';
  return id === phase.testSetVersionId ? 'current' : 'past';
}

const largestImportBytes = 1024 ** 4;

/** The versions of a phase's test set: that they exist is open; what is in them is the organisers'. */
export const testSetRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database, scratchDirectory } = parts;
  await acceptArchives(app);

  app.get(
    '/competitions/:competition/phases/:phase/test-set/versions',
    {
      config: { access: 'open' },
      schema: {
        summary: 'List the versions of a phase’s test set',
        description: 'Each has a leaderboard of its own: `leaderboard?version=…`.',
        tags: ['test sets'],
        params: paramsSchema,
        response: { 200: testSetVersionsSchema, ...problemResponse },
      },
    },
    async (request) => {
      const phase = await findPhaseOrThrow(database, request.params);
      const versions = await listVersionsOfPhase(database, phase.id);
      return {
        versions: versions.map(({ id, digest, studies, images, currentFrom }) => ({
          version: digest,
          studies,
          images,
          role: roleOf(id, currentFrom, phase),
          currentFrom: currentFrom?.toISOString() ?? null,
        })),
      };
    },
  );

  app.post(
    '/competitions/:competition/phases/:phase/test-set/edits',
    {
      // A list of corrections to a large test set.
      bodyLimit: 16 * 1024 * 1024,
      // So much is read of nobody else.
      onRequest: async (request) => void (await findOrganisedPhase(database, request)),
      schema: {
        summary: 'Correct labels and withdraw studies',
        description:
          'For organisers. Makes a new version of the test set. Everything that is scored is scored anew, and the board ' +
          'switches to the new version in one step when that is done; the old board stays readable.',
        tags: ['test sets'],
        params: paramsSchema,
        body: testSetEditsSchema,
        response: { 200: testSetChangeSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      return await editTestSet(parts, { phase, actor, ...request.body }, request.log);
    },
  );

  app.post(
    '/competitions/:competition/phases/:phase/test-set/import',
    {
      config: { takesArchive: true },
      schema: {
        summary: 'Import a version of a phase’s test set',
        description:
          'For organisers. The body is a zip or a tar.gz in MURA’s layout: `XR_WRIST/patient00001/study1/image1.png`, ' +
          'with a table `study,label` or `study,reader,reader,reader`, or the labels as suffixes of the folders; or any ' +
          'images with a table `study,image,type,patient,label`, or readers in place of `label`. Every problem is ' +
          'listed, with file and line, and nothing changes then. Bundles see other names.',
        tags: ['test sets'],
        params: paramsSchema,
        querystring: importQuerySchema,
        response: { 200: testSetImportSchema, ...problemResponse },
      },
    },
    async (request) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const rule = readRule(request.query);
      return await withReceivedArchive(request, { scratchDirectory, limitBytes: largestImportBytes }, (received) =>
        importForPhase(parts, { phase, received, ...rule, actor }, request.log),
      );
    },
  );

  app.post(
    '/test-sets/:testSet/import',
    {
      config: { takesArchive: true },
      schema: {
        summary: 'Import a test set for a new phase',
        description: 'For organisers. As the import of a phase’s test set; a competition’s file names it afterwards.',
        tags: ['test sets'],
        params: z.object({ testSet: slugSchema }),
        querystring: importQuerySchema,
        response: { 200: newTestSetImportSchema, ...problemResponse },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { actor } = anyOrganiserOf(caller);
      const { testSet } = request.params;
      await claimName(database, caller, testSet);
      return await withReceivedArchive(request, { scratchDirectory, limitBytes: largestImportBytes }, (received) =>
        importNewTestSet(parts, { testSet, received, ...readRule(request.query), actor }),
      );
    },
  );
};
