import { problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedCompetition } from './testing/seed-competition.js';
import { startTestServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = (await seedCompetition(server)).alpha.token;
});
afterAll(() => server.close());

it.each([
  '/api/competitions/%00',
  '/api/competitions/a%00b/starter-bundles',
  '/api/competitions/mura/phases/%00/leaderboard',
  '/api/competitions/%00/phases/practice/quota',
  '/api/submissions?competition=%00',
  '/api/submissions?competition=a%00b',
])('a NUL in %s is the fault of who asks', async (path) => {
  const response = await server.request(path, { token });
  const problem = problemSchema.parse(await response.json());
  expect(problem).toMatchObject({ code: 'request_invalid', status: 400, detail: expect.stringContaining('NUL') });
  expect(server.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});
