import { setTimeout as sleep } from 'node:timers/promises';
import { listWorkers, setWorkerMode } from '@holdout/db';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWorker } from './describe-worker.js';
import { enterWorker } from './enter-worker.js';
import { takeEvaluations } from './take-evaluations.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());

it('is in the list while it lives; paused, it takes no evaluation; resumed, it takes the one that waited', async () => {
  const { evaluating, owner } = fixture;
  const description = describeWorker({ sandbox: 'bubblewrap', engines: ['an engine 1.0'] });
  const entry = await enterWorker(evaluating, 'evaluating', description, ['cpu']);
  const work = takeEvaluations(evaluating);
  entry.follow(work);
  await work.ready;
  const [worker] = await listWorkers(owner);
  expect(worker).toMatchObject({
    name: 'test',
    machine: 'test',
    mode: 'working',
    alive: true,
    description,
    serves: ['cpu'],
  });
  expect(description.cores).toBeGreaterThan(0);

  await setWorkerMode(owner, worker?.id ?? '', 'paused');
  // The claim is refused at once, also before the worker has heard of it.
  const first = await fixture.submit();
  await evaluateById(evaluating, first.evaluationId, new AbortController().signal);
  expect((await fixture.read(first)).state).toBe('queued');
  // And neither a bell nor its own look makes it begin.
  await sleep(2500);
  await evaluating.queue.enqueueEvaluation({ evaluationId: first.evaluationId });
  await sleep(1500);
  expect((await fixture.read(first)).state).toBe('queued');

  await setWorkerMode(owner, worker?.id ?? '', 'working');
  await vi.waitFor(async () => expect((await fixture.read(first)).state).toBe('scoring'), {
    timeout: 30_000,
    interval: 200,
  });
  await work.close();
  await entry.signOff();
  expect(await listWorkers(owner)).toEqual([]);
});
