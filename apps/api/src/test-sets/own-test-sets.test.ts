import { competitionChangesSchema, problemSchema } from '@holdout/contracts';
import { findUserByEmail, insertOrganiser } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCompetitionOrThrow } from '../competitions/find-phase.js';
import { type Browser, signUp } from '../testing/browser.js';
import { publicStudies, type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { importTestSet } from './import-test-set.js';

let server: TestServer;
let stranger: Browser;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  await server.database.insertInto('competitions').values({ slug: 'other', title: 'O', description: '' }).execute();
  stranger = await signUp(server, 'stranger@example.org');
  const { id: competitionId } = await findCompetitionOrThrow(server.database, 'other');
  await insertOrganiser(server.database, { competitionId, userId: await strangerId(), actor: 'the tests' });
});
afterAll(() => server.close());

const strangerId = async () => (await findUserByEmail(server.database, 'stranger@example.org'))?.id ?? '';

function fileWith(testSet: string, sample: string, phase: object = {}) {
  return {
    competition: 'other',
    title: 'O',
    phases: [{ phase: 'test', title: 'Test', visibility: 'public', testSet, sample, ...phase }],
  };
}
const apply = (testSet: string, sample: string, phase: object = {}) =>
  stranger.send('PUT', '/api/competitions/other', fileWith(testSet, sample, phase));

it('lets no organiser come to another’s labels by naming the test set', async () => {
  const hidden = problemSchema.parse(await (await apply('mura-test', 'mura-practice')).json());
  const missing = problemSchema.parse(await (await apply('no-such-set', 'none-either')).json());
  expect(hidden.code).toBe('competition_invalid');
  // It is not even said that it is there.
  const say = ({ problems = [] }: typeof hidden, testSet: string) => problems[0]?.message.replaceAll(testSet, 'x');
  expect(say(hidden, 'mura-test')).toBe(say(missing, 'no-such-set'));
  const studies = await stranger.send('GET', '/api/competitions/mura/phases/test/test-set/studies');
  expect(studies.status).toBe(403);
});

it('nor take the name of one that waits for its phase', async () => {
  await importTestSet(server, { testSet: 'waiting', studies: publicStudies() });
  const upload = await fetch(`${server.url}/api/test-sets/waiting/import?note=x`, {
    method: 'POST',
    headers: {
      origin: server.url,
      'content-type': 'application/zip',
      cookie: [...stranger.jar].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    body: 'no archive',
  });
  const problem = problemSchema.parse(await upload.json());
  expect(problem.code).toBe('test_set_invalid');
  expect(problem.detail).toContain('waiting is taken');
  expect((await apply('waiting', 'waiting')).status).toBe(422);
});

it('but use what they brought in themselves', async () => {
  await importTestSet(server, { testSet: 'own', studies: publicStudies() });
  const importedBy = await strangerId();
  await server.database.updateTable('testSets').set({ importedBy }).where('slug', '=', 'own').execute();
  const applied = await apply('own', 'own');
  expect(competitionChangesSchema.parse(await applied.json()).applied).toBe(true);
});

it('puts no competition before the others’ without a site administrator, and may step back', async () => {
  const refused = await apply('own', 'own', { priority: 3 });
  expect(problemSchema.parse(await refused.json()).problems?.[0]?.message).toContain(
    'phases.0.priority: Found 3; expected at most 0, since only a site administrator puts a phase before others',
  );
  expect((await apply('own', 'own', { priority: -2 })).status).toBe(200);
  expect((await apply('own', 'own')).status).toBe(200);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(fileWith('own', 'own', { priority: 3, hardware: 'gpu' }));
  const path = '/api/competitions/other';
  expect((await server.request(path, { method: 'PUT', body, headers, token: seeded.organiser.token })).status).toBe(
    200,
  );
  // What it has it may keep.
  expect((await apply('own', 'own', { priority: 3 })).status).toBe(200);
  expect((await apply('own', 'own', { priority: 4 })).status).toBe(422);
});
