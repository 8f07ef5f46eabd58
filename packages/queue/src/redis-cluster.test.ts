import { randomUUID } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { createQueue } from './create-queue.js';
import type { Queue } from './queue.js';
import { startTestRedisCluster, type TestRedisCluster } from './testing/test-redis-cluster.js';

/** For what takes as long as nodes need to agree that one of them is dead. */
const patiently = { timeout: 120_000, interval: 200 };
const nodeTimeoutMilliseconds = 2_000;

let cluster: TestRedisCluster | undefined;
const queues: Queue[] = [];
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
  await cluster?.stop();
});

/** Another process's view of the queue. */
async function open(redisUrl: string): Promise<Queue> {
  const queue = await createQueue({ redisUrl, retrySeconds: 0.02 });
  queues.push(queue);
  return queue;
}

/** As the reconciler does: what could not be rung is rung again. */
async function ring(queue: Queue, ids: readonly string[]): Promise<void> {
  for (const evaluationId of ids) await vi.waitFor(() => queue.enqueueEvaluation({ evaluationId }), patiently);
}

const makeIds = (count: number) => Array.from({ length: count }, () => randomUUID());

it('keeps all that it keeps on one node, whatever the queue', async () => {
  cluster = await startTestRedisCluster({ replicas: false });
  const queue = await open(cluster.url);
  for (const [evaluationId = ''] of [makeIds(1), makeIds(1)]) {
    await queue.enqueueEvaluation({ evaluationId });
    await queue.enqueueEvaluation({ evaluationId }, 'gpu');
    await queue.enqueueScoring({ evaluationId });
  }
  const masters = await cluster.findMasters();
  const holder = await cluster.findHolder('{holdout}');
  expect(masters).toHaveLength(3);
  for (const master of masters) {
    const keys = await master.client.keys('*');
    expect(keys.length > 0, keys.join()).toBe(master === holder);
    for (const key of keys) expect(key).toMatch(/^\{holdout\}:(evaluation-cpu|evaluation-gpu|scoring):/);
  }
});

it.each(['kill', 'freeze'] as const)(
  'loses nothing that it was given when another node takes over from the one that holds it: %s',
  async (end) => {
    cluster = await startTestRedisCluster({ nodeTimeoutMilliseconds });
    const [queue, one, other] = [await open(cluster.url), await open(cluster.url), await open(cluster.url)];
    const delivered = new Set<string>();
    const workers = [one, other].map((each) =>
      each.workEvaluations(async ({ evaluationId }) => void delivered.add(evaluationId), { lockSeconds: 2 }),
    );
    const expectDelivered = (ids: readonly string[]) =>
      vi.waitFor(() => expect(ids.filter((id) => !delivered.has(id))).toEqual([]), patiently);
    const before = makeIds(10);
    await ring(queue, before);
    await expectDelivered(before);

    for (const worker of workers) worker.pause();
    const waiting = makeIds(10);
    await ring(queue, waiting);
    const holder = await cluster.findHolder('{holdout}');
    // The replica has what came before this write too.
    await holder.client.set('{holdout}', '');
    expect(await holder.client.wait(1, 60_000)).toBe(1);
    await holder[end]();
    for (const worker of workers) worker.resume();
    const meanwhile = makeIds(10);
    await ring(queue, meanwhile);
    await expectDelivered([...waiting, ...meanwhile]);
    expect(await cluster.findHolder('{holdout}')).not.toBe(holder);
    await vi.waitFor(() => queue.health(), patiently);

    // Whoever comes now finds the node dead that its address names first.
    const late = await open(cluster.nameAddress([holder, await cluster.findHolder('{holdout}')]));
    const afterwards = makeIds(10);
    await ring(late, afterwards);
    await expectDelivered(afterwards);
  },
);

it('says that it is away while the node is that holds it, and goes on when that is back', async () => {
  cluster = await startTestRedisCluster({ replicas: false, nodeTimeoutMilliseconds });
  const queue = await open(cluster.url);
  const delivered = new Set<string>();
  const worker = (await open(cluster.url)).workEvaluations(async (job) => void delivered.add(job.evaluationId));
  await worker.ready;
  worker.pause();
  const [evaluationId = '', second = '', third = ''] = makeIds(3);
  await queue.enqueueEvaluation({ evaluationId });
  const holder = await cluster.findHolder('{holdout}');
  await holder.kill();
  // Once the others agree that it is dead, the cluster says to whoever comes that it has failed.
  const [survivor] = (await cluster.findMasters()).filter((master) => master !== holder);
  const ask = async () => String(await survivor?.client.call('CLUSTER', 'INFO'));
  await vi.waitFor(async () => expect(await ask()).toContain('cluster_state:fail'), patiently);
  const late = await open(cluster.url);
  // Several, for what is asked of any node is asked of one that answers now and then.
  const asked = [...Array.from({ length: 6 }, () => queue.health()), queue.enqueueEvaluation({ evaluationId: second })];
  asked.push(late.enqueueEvaluation({ evaluationId: third }));
  const refusals = await Promise.allSettled(asked);
  const isAway = { status: 'rejected', reason: { code: 'queue_unavailable' } };
  expect(refusals).toMatchObject(asked.map(() => isAway));
  await holder.startAgain();
  worker.resume();
  await ring(queue, [second]);
  await ring(late, [third]);
  await vi.waitFor(() => queue.health(), patiently);
  await vi.waitFor(() => expect([...delivered].sort()).toEqual([evaluationId, second, third].sort()), patiently);
});
