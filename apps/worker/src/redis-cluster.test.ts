import { createQueue, type Queue } from '@holdout/queue';
import { startTestRedisCluster } from '@holdout/queue/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { startReconciling } from './reconcile.js';
import { takeEvaluations } from './take-evaluations.js';
import { takeScorings } from './take-scorings.js';
import { startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Calls every study normal. */
const program = `
import csv, sys, time
time.sleep(0.5)
studies = sorted({line.strip().rsplit('/', 1)[0] + '/' for line in open(sys.argv[1])})
with open(sys.argv[2], 'w', newline='') as out:
    csv.writer(out).writerows([study, 0] for study in studies)
`;

it('evaluates and scores each submission once, though the node is killed that holds the bells', async () => {
  const cluster = await startTestRedisCluster({ nodeTimeoutMilliseconds: 2_000 });
  closers.push(() => cluster.stop());
  const fixture = await startWorkerFixture();
  closers.push(() => fixture.close());
  const openQueue = async () => {
    const queue = await createQueue({ redisUrl: cluster.url });
    closers.push(() => queue.close());
    return queue;
  };
  const queue = await openQueue();
  await startWorkers(fixture, openQueue);
  const enter = async () => {
    const submitted = await fixture.submit({ program, studyCount: 2 });
    // As the API does: one that can't be rung for is found by those who look for it.
    await queue.enqueueEvaluation({ evaluationId: submitted.evaluationId }).catch(() => {});
    return submitted;
  };

  const begun = await enter();
  const all = [begun, await enter(), await enter()];
  const holder = await cluster.findHolder('{holdout}');
  await vi.waitFor(async () => expect((await fixture.read(begun)).state).not.toBe('queued'), patiently);
  await holder.kill();
  for (let more = 0; more < 5; more += 1) all.push(await enter());
  for (const each of all) {
    await vi.waitFor(async () => expect((await fixture.read(each)).state).toBe('scored'), patiently);
  }
  expect(await cluster.findHolder('{holdout}')).not.toBe(holder);
  const attempts = await fixture.owner.selectFrom('evaluations').select('attempts').execute();
  expect(attempts).toEqual(all.map(() => ({ attempts: 1 })));
  const scores = await fixture.owner.selectFrom('scores').select('evaluationId').execute();
  expect(scores.map(({ evaluationId }) => evaluationId).sort()).toEqual(all.map((each) => each.evaluationId).sort());
}, 240_000);

const patiently = { timeout: 180_000, interval: 100 };

/** Two that evaluate and hear of work by bells only, and one that scores and rings for what was forgotten. */
async function startWorkers(fixture: WorkerFixture, openQueue: () => Promise<Queue>): Promise<void> {
  for (const owner of ['one', 'other']) {
    const config = { ...fixture.evaluating.config, owner, reconcileSeconds: 3600, gpus: [] };
    const work = takeEvaluations({ ...fixture.evaluating, config, queue: await openQueue() });
    closers.push(() => work.close());
    await work.ready;
  }
  const scoring = { ...fixture.scoring, queue: await openQueue() };
  const work = takeScorings(scoring);
  closers.push(() => work.close());
  const {
    owner: database,
    scoring: { storage, log },
  } = fixture;
  closers.push(startReconciling({ database, queue: scoring.queue, storage, log, everySeconds: 1 }));
}
