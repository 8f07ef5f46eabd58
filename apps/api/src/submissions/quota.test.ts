import { problemSchema, quotaUseSchema, writeSentence } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const phase = '/api/competitions/mura/phases/test';
let server: TestServer;
let seeded: SeededCompetition;
let archive: Buffer;

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  archive = await packFiles(tfjsFiles());
  await server.database.updateTable('phases').set({ quotaPerDay: 2 }).where('slug', '=', 'test').execute();
});
afterAll(() => server.close());

function submit(token: string) {
  const headers = { 'content-type': 'application/zip' };
  return server.request(`${phase}/submissions`, { method: 'POST', body: new Uint8Array(archive), headers, token });
}

async function readQuota(token: string) {
  const response = await server.request(`${phase}/quota`, { token });
  expect(response.status).toBe(200);
  return quotaUseSchema.strict().parse(await response.json());
}

it('tells a team what it has left, refuses what is too much, and says when the next is allowed', async () => {
  const { token } = seeded.alpha;
  expect(await readQuota(token)).toEqual({
    limits: { perDay: 2, total: null, atOnce: null },
    used: { perDay: 0, total: 0, atOnce: 0 },
    allowed: true,
    allowedAt: null,
    message: null,
  });
  const statuses = (await Promise.all([submit(token), submit(token), submit(token), submit(token)])).map((response) => {
    void response.text();
    return response.status;
  });
  expect(statuses.sort()).toEqual([201, 201, 429, 429]);

  const refused = await submit(token);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000);
  const problem = problemSchema.parse(await refused.json());
  expect(problem).toMatchObject({ code: 'quota_exceeded', sentences: [{ name: 'quota_per_day' }] });
  expect(problem.sentences?.map(writeSentence)).toEqual([problem.detail]);
  const quota = await readQuota(token);
  expect(quota).toMatchObject({ used: { perDay: 2, total: 2, atOnce: 2 }, allowed: false, message: problem.detail });
  expect(problem.detail).toContain(quota.allowedAt);

  expect((await submit(seeded.beta.token)).status).toBe(201);
});

it('is no matter of an organiser, who can’t submit', async () => {
  const response = await server.request(`${phase}/quota`, { token: seeded.organiser.token });
  expect(response.status).toBe(403);
});
