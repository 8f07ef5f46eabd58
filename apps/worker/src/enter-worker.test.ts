import { setTimeout as sleep } from 'node:timers/promises';
import { listWorkers, setWorkerMode } from '@holdout/db';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWorker } from './describe-worker.js';
import { enterWorker } from './enter-worker.js';
import { evaluateSubmission } from './evaluate-submission.js';
import { startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());

it('is in the list while it lives; paused, it takes no evaluation; resumed, it takes the one that waited', async () => {
  const { evaluating, owner } = fixture;
  const description = describeWorker({ sandbox: 'bubblewrap', engines: ['an engine 1.0'] });
  const entry = await enterWorker(evaluating, 'evaluating', description);
  const begun: string[] = [];
  const work = evaluating.queue.workEvaluations(async ({ evaluationId }, shutdown) => {
    begun.push(evaluationId);
    await evaluateSubmission(evaluating, evaluationId, shutdown);
  });
  entry.follow(work);
  await work.ready;
  const [worker] = await listWorkers(owner);
  expect(worker).toMatchObject({ name: 'test', machine: 'test', mode: 'working', alive: true, description });
  expect(description.cores).toBeGreaterThan(0);

  await setWorkerMode(owner, worker?.id ?? '', 'paused');
  // A bell that comes before the worker has heard of it: the claim is refused.
  const first = await fixture.submit();
  await evaluateSubmission(evaluating, first.evaluationId, new AbortController().signal);
  expect((await fixture.read(first)).state).toBe('queued');
  // And later no bell is taken, so that another worker hears it.
  await sleep(2500);
  await evaluating.queue.enqueueEvaluation({ evaluationId: first.evaluationId });
  await sleep(1500);
  expect(begun).toEqual([]);

  await setWorkerMode(owner, worker?.id ?? '', 'working');
  await vi.waitFor(async () => expect((await fixture.read(first)).state).toBe('scoring'), {
    timeout: 30_000,
    interval: 200,
  });
  expect(begun).toEqual([first.evaluationId]);
  await work.close();
  await entry.signOff();
  expect(await listWorkers(owner)).toEqual([]);
});
