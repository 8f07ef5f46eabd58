import { installationSchema, problemSchema, queueListSchema, workerListSchema, workerSchema } from '@holdout/contracts';
import { claimEvaluation, findSubmission, registerWorker } from '@holdout/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { seedSubmission } from '../testing/seed-submission.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let seeded: SeededCompetition;
let submissionId: string;

const description = {
  sandbox: 'bubblewrap',
  processor: 'a processor',
  cores: 2,
  memoryBytes: 4e9,
  gpuDevices: ['/dev/nvidia0'],
  node: 'v20.0.0',
  engines: ['onnxruntime-node 1.0.0'],
};

beforeAll(async () => {
  server = await startTestServer();
  seeded = await seedCompetition(server);
  submissionId = await seedSubmission(server, seeded.alpha.teamId, { name: 'A model' });
  await registerWorker(server.database, {
    name: 'm1:7',
    kind: 'evaluating',
    machine: 'm1',
    description,
    serves: ['cpu'],
  });
});
afterAll(() => server.close());

const ask = (path: string, options: RequestInit = {}, token = seeded.organiser.token) =>
  server.request(`/api/operator/${path}`, { token, ...options });
const claim = async () => {
  const evaluationId = (await findSubmission(server.database, submissionId))?.evaluationId ?? '';
  return await claimEvaluation(server.database, { evaluationId, owner: 'm1:7', leaseSeconds: 60 });
};
const setMode = (id: string, mode: string, token?: string) =>
  ask(
    `workers/${id}/mode`,
    { method: 'PUT', body: JSON.stringify({ mode }), headers: { 'content-type': 'application/json' } },
    token,
  );

async function readWorkers() {
  return workerListSchema.strict().parse(await (await ask('workers')).json()).workers;
}

it('is told what waits, who works, and what runs on which versions', async () => {
  expect(await readWorkers()).toMatchObject([
    { name: 'm1:7', machine: 'm1', mode: 'working', alive: true, description, work: [] },
  ]);
  const { queues } = queueListSchema.strict().parse(await (await ask('queues')).json());
  expect(queues).toMatchObject([
    { kind: 'evaluating', hardware: 'cpu', workers: 1, waiting: 1, stuck: [] },
    { kind: 'evaluating', hardware: 'gpu', workers: 0, waiting: 0 },
    { kind: 'scoring', hardware: null, workers: 0, waiting: 0 },
  ]);
  const installation = installationSchema.strict().parse(await (await ask('installation')).json());
  expect(installation.versions).toMatchObject({ node: process.version, engines: ['onnxruntime-node 1.0.0'] });
  expect(installation.versions.postgres).toMatch(/^\d+\.\d+/);
  // Four studies of two views and two of one; no bundle of a seeded submission is stored, but its size is known.
  expect(installation.storage).toMatchObject({ images: { files: 10 }, bundles: { files: 1, sizeBytes: 1234 } });
  expect(installation.storage.databaseBytes).toBeGreaterThan(1e6);
  expect(installation.storage.disk?.freeBytes).toBeGreaterThan(0);
});

it('pauses a worker, which then claims nothing, and resumes it', async () => {
  const id = (await readWorkers())[0]?.id ?? '';
  const paused = await setMode(id, 'paused');
  expect(workerSchema.strict().parse(await paused.json())).toMatchObject({ name: 'm1:7', mode: 'paused' });
  expect(await claim()).toBeNull();
  expect((await setMode(id, 'working')).status).toBe(200);
  expect(await claim()).not.toBeNull();
  expect(await readWorkers()).toMatchObject([{ work: [{ submissionId, name: 'A model', state: 'checking' }] }]);
  const acts = await server.database
    .selectFrom('auditLog')
    .selectAll()
    .where('subject', '=', 'm1:7')
    .orderBy('id')
    .execute();
  expect(acts.map(({ action, before, after }) => [action, before, after])).toEqual([
    ['worker.pause', { mode: 'working' }, { mode: 'paused' }],
    ['worker.resume', { mode: 'paused' }, { mode: 'working' }],
  ]);
});

it('refuses what makes no sense, and everybody else', async () => {
  const unknown = await setMode('00000000-0000-4000-8000-000000000000', 'paused');
  expect(problemSchema.parse(await unknown.json())).toMatchObject({ status: 404, code: 'worker_not_found' });
  const id = (await readWorkers())[0]?.id ?? '';
  expect((await setMode(id, 'asleep')).status).toBe(400);
  for (const path of ['workers', 'queues', 'installation']) {
    expect((await ask(path, {}, seeded.alpha.token)).status).toBe(403);
  }
  expect((await setMode(id, 'paused', seeded.alpha.token)).status).toBe(403);
});
