import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fuzzParameters, fuzzTimeoutMilliseconds, readPeakBytes } from '@holdout/fuzzing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { zipImport } from './testing/fuzz/import-archive.js';
import { sendRaw } from './testing/fuzz/raw-request.js';
import { requestsOf, writeRequest } from './testing/fuzz/requests.js';
import { readRoutes } from './testing/fuzz/routes.js';
import { begunUploadOf, uploadsOf, walkUpload } from './testing/fuzz/uploads.js';
import { packFiles, tfjsFiles } from './testing/make-bundle.js';
import { type SeededCompetition, seedCompetition } from './testing/seed-competition.js';
import { seedSubmission } from './testing/seed-submission.js';
import { startServerProcess } from './testing/start-process.js';
import { startTestServer, type TestServer } from './testing/test-server.js';
import { walkEvaluation } from './testing/walk-evaluation.js';

/** The database, and who there is; requests go to a process of its own, so that a hang or an end of it is seen. */
let home: TestServer;
let seeded: SeededCompetition;
let server: Awaited<ReturnType<typeof startServerProcess>>;
let parts: Parameters<typeof requestsOf>[0];
/** Begun, and of Alpha's. */
let upload: string;
const failures: string[] = [];

beforeAll(async () => {
  home = await startTestServer();
  seeded = await seedCompetition(home);
  const submission = await seedSubmission(home, seeded.alpha.teamId);
  await walkEvaluation(home.database, submission);
  server = await startServerProcess(home, {
    storageDirectory: home.storageDirectory,
    environment: {
      ...{ HOLDOUT_READS_PER_MINUTE: '0', HOLDOUT_UPLOADS_PER_MINUTE: '0' },
      ...{ HOLDOUT_SIGN_INS_PER_MINUTE: '0', HOLDOUT_SIGN_INS_PER_ACCOUNT: '0' },
      // What is left for the collector stays far below what it may grow by.
      NODE_OPTIONS: '--max-old-space-size=256',
    },
    onLine: (line) => {
      if (line.includes('request failed')) failures.push(line);
    },
  });
  upload = await begunUploadOf(server.url, seeded.alpha.token);
  const bearer = (token: string) => `Authorization: Bearer ${token}`;
  const { alpha, organiser, hiddenVersion } = seeded;
  parts = {
    routes: readRoutes(await (await home.request('/api/openapi.json')).json()),
    callers: ['', bearer(alpha.token), bearer(organiser.token)],
    nameFor: (path, parameter) => {
      const [, kind = ''] = /^\/api\/(\w+)\//.exec(path) ?? [];
      const ids = { submissions: submission, evaluations: submission, teams: alpha.teamId, uploads: upload };
      const known: Record<string, string> = { competition: 'mura', phase: 'practice', testSet: 'new', engine: 'onnx' };
      return known[parameter] ?? new Map(Object.entries(ids)).get(kind) ?? nothing;
    },
    names: ['mura', 'practice', 'test', submission, alpha.teamId, hiddenVersion.digest, 'mura-test', 'onnx', '1'],
    archives: [
      { name: 'bundle', bytes: await packFiles(tfjsFiles()) },
      { name: 'test set', bytes: await zipImport() },
    ],
  };
});
afterAll(async () => {
  await server.end('SIGKILL');
  await home.close();
});

const nothing = '00000000-0000-4000-8000-000000000000';
const runs = 800;
const uploadRuns = 150;
const deadlineMilliseconds = 60_000;
const timeout = fuzzTimeoutMilliseconds(runs);
const mostGrowthBytes = 300 * 1024 * 1024;

it('answers any request to any route, by anybody, and stays as it is', { timeout }, async () => {
  expect(parts.routes.length).toBeGreaterThan(50);
  const before = readPeakBytes(server.pid);
  const statuses = new Map<number | 'closed', number>();
  await fc.assert(
    fc.asyncProperty(requestsOf(parts), async (drawn) => {
      const bytes = writeRequest(parts, drawn);
      const isSound = drawn.damage === null && drawn.headers.every((place) => place === null);
      const endAfterMilliseconds = isSound ? deadlineMilliseconds : 100;
      const answer = await sendRaw(server.url, bytes, { endAfterMilliseconds, deadlineMilliseconds });
      const status = answer === 'closed' ? answer : answer.status;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (isSound) expect(answer, bytes.toString('latin1').slice(0, 1000)).not.toBe('closed');
      if (answer === 'closed' || answer.status < 500) return;
      // Its log comes by another way.
      await sleep(500);
      throw new Error(
        `${bytes.toString('latin1').slice(0, 3000)}\n\nwas answered ${answer.text}\n\n${failures.at(-1)}`,
      );
    }),
    fuzzParameters(runs),
  );
  // Neither all of them closed, nor all refused for one reason.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 422]));
  expect(readPeakBytes(server.pid) - before).toBeLessThan(mostGrowthBytes);
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).toContain('server.js');
});

it('answers anything that is done with an upload in parts, and makes submissions of those that are sound', {
  timeout: fuzzTimeoutMilliseconds(uploadRuns),
}, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(uploadsOf(parts.archives), async (drawn) => {
      const send = (bytes: Buffer, isSound: boolean) =>
        sendRaw(server.url, bytes, {
          endAfterMilliseconds: isSound ? deadlineMilliseconds : 100,
          deadlineMilliseconds,
        });
      const walk = { send, token: seeded.alpha.token, archives: parts.archives, drawn };
      for (const { asked, answer, isSound } of await walkUpload(walk)) {
        const status = answer === 'closed' ? answer : answer.status;
        seen.set(`${asked} ${status}`, (seen.get(`${asked} ${status}`) ?? 0) + 1);
        if (isSound) expect(answer, asked).not.toBe('closed');
        if (answer === 'closed' || answer.status < 500) continue;
        await sleep(500);
        throw new Error(`${asked} was answered ${answer.text}\n\n${failures.at(-1)}`);
      }
    }),
    fuzzParameters(uploadRuns),
  );
  // Parts were kept and refused for each thing that can be wrong, and some became submissions.
  const outcomes = [
    'POST 201',
    'PATCH 204',
    'PATCH 400',
    'PATCH 404',
    'PATCH 409',
    'PATCH 460',
    'HEAD 200',
    'GET 200',
    'DELETE 204',
  ];
  expect([...seen.keys()], JSON.stringify([...seen])).toEqual(expect.arrayContaining(outcomes));
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
});
