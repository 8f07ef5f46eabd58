import { request as httpRequest } from 'node:http';
import { problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

const mura = '/api/competitions/mura';
let server: TestServer;
let seeded: SeededCompetition;
beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
});
afterAll(() => server.close());

const send = (method: string, path: string, body: object) =>
  server.request(path, {
    method,
    token: seeded.organiser.token,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const readProblem = async (response: Response) => problemSchema.parse(await response.json());

it.each([
  ['POST', `${mura}/phases/test/predictions`, 60_000_000],
  ['POST', `${mura}/phases/test/test-set/edits`, 16_000_000],
  ['PUT', mura, 1_000_000],
])('%s %s reads nothing of who may not send it', async (method, path, sizeBytes) => {
  const status = await new Promise((resolve, reject) => {
    const sending = httpRequest(server.url + path, {
      method,
      agent: false,
      headers: {
        authorization: `Bearer ${seeded.alpha.token}`,
        'content-type': 'application/json',
        'content-length': sizeBytes,
      },
    });
    // It is announced, and never comes: who waits for it does not answer.
    sending.on('error', reject).once('response', (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.flushHeaders();
  });
  expect(status).toBe(403);
});

it.each([
  ['POST', `${mura}/phases/test/predictions`, 'predictions', 100_000, { team: 'A', name: 'a' }],
  ['POST', `${mura}/phases/test/test-set/edits`, 'edits', 100_000, { note: 'a' }],
  ['PUT', mura, 'phases', 100, { competition: 'mura', title: 'MURA' }],
] as const)('%s %s counts a list before it looks at what is in it', async (method, path, field, most, rest) => {
  const refused = await send(method, path, { ...rest, [field]: Array(most + 1).fill(0) });
  expect(refused.status).toBe(400);
  expect((await readProblem(refused)).problems?.map(({ message }) => message)).toEqual([
    `body.${field}: expected at most ${most} values.`,
  ]);
});

it('lists the first of very many problems, and says how many others there are', async () => {
  const unknown = Object.fromEntries(Array.from({ length: 50_000 }, (_, place) => [`field${place}`, 0]));
  const ofFields = await send('PUT', mura, { competition: 'mura', title: '', phases: [], ...unknown });
  expect(ofFields.status).toBe(400);
  const { problems = [], detail } = await readProblem(ofFields);
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toMatchObject({
    message: 'And 49952 more.',
    sentences: { words: { name: 'more_problems', values: { count: 49_952 } } },
  });
  expect(detail?.length).toBeLessThan(10_000);

  const predictions = Array.from({ length: 1000 }, () => 0);
  const ofValues = await send('POST', `${mura}/phases/test/predictions`, { team: 'A', name: 'a', predictions });
  expect((await readProblem(ofValues)).problems?.map(({ message }) => message).slice(-2)).toEqual([
    'body.predictions.49: expected object.',
    'And 950 more.',
  ]);
});

it('lists every problem where they are few, and shortens a name that is long', async () => {
  const refused = await send('PUT', mura, { competition: 'mura', title: 'A', phases: [], ['x'.repeat(500_000)]: 0 });
  const { problems = [] } = await readProblem(refused);
  expect(problems.map(({ field }) => field).toSorted()).toEqual(['body.phases', `body.${'x'.repeat(200)}…`]);
});
