import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createQueue } from './create-queue.js';
import type { Queue } from './queue.js';
import type { Gate } from './testing/gate.js';

/** A store of its own for one test: nothing is in it. */
export interface TestStore {
  /** What leads to it; it may be cut. */
  gate: Gate;
  /** How a queue reaches it, by way of the gate. */
  options: QueueOptions;
}

type QueueOptions = { redisUrl: string } | { postgresUrl: string };

/** What every queue must do, whatever its store. */
export function describeQueue(store: string, makeStore: () => Promise<TestStore>): void {
  describe(`a queue on ${store}`, () => {
    let gate: Gate;
    let options: QueueOptions;
    let queue: Queue;
    const queues: Queue[] = [];

    beforeEach(async () => {
      ({ gate, options } = await makeStore());
      queue = await open();
    });
    afterEach(async () => {
      await Promise.all(queues.splice(0).map((each) => each.close()));
      await gate.cut();
    });

    /** Another process's view of the queue. */
    async function open(): Promise<Queue> {
      const opened = await createQueue({ ...options, retrySeconds: 0.02 });
      queues.push(opened);
      return opened;
    }

    it('delivers every job to one worker', async () => {
      const ids = Array.from({ length: 40 }, () => randomUUID());
      const delivered: string[] = [];
      for (const each of [await open(), await open(), queue]) {
        each.workEvaluations(async ({ evaluationId }) => void delivered.push(evaluationId), { concurrency: 2 });
      }
      await Promise.all(ids.map((evaluationId) => queue.enqueueEvaluation({ evaluationId })));
      await vi.waitFor(() => expect(delivered.length).toBeGreaterThanOrEqual(ids.length), 20_000);
      await Promise.all(queues.splice(0).map((each) => each.close()));
      expect(delivered.sort()).toEqual(ids.sort());
    });

    it('collapses repeats, also while the job runs', async () => {
      const evaluationId = randomUUID();
      const other = await open();
      await Promise.all([queue, queue, other].map((each) => each.enqueueEvaluation({ evaluationId })));
      const delivered: string[] = [];
      const last = randomUUID();
      const worker = queue.workEvaluations(async (job) => {
        delivered.push(job.evaluationId);
        if (job.evaluationId === evaluationId) await other.enqueueEvaluation({ evaluationId });
      });
      await vi.waitFor(() => expect(delivered).toContain(evaluationId), 20_000);
      await other.enqueueEvaluation({ evaluationId: last });
      await vi.waitFor(() => expect(delivered).toContain(last), 20_000);
      await worker.close();
      expect(delivered).toEqual([evaluationId, last]);
    });

    it('takes nothing while it is paused, ends what it handles, and goes on when it is resumed', async () => {
      const [first, second] = [randomUUID(), randomUUID()];
      const begun: string[] = [];
      const ended: string[] = [];
      let letGo = () => {};
      const released = new Promise<void>((done) => {
        letGo = done;
      });
      const worker = queue.workEvaluations(async ({ evaluationId }) => {
        begun.push(evaluationId);
        await released;
        ended.push(evaluationId);
      });
      await queue.enqueueEvaluation({ evaluationId: first });
      await vi.waitFor(() => expect(begun).toEqual([first]), 20_000);
      worker.pause();
      letGo();
      await vi.waitFor(() => expect(ended).toEqual([first]), 20_000);
      await queue.enqueueEvaluation({ evaluationId: second });
      await sleep(1500);
      expect(begun).toEqual([first]);
      // One that waited idly is paused too, and what comes then is another worker's.
      const other = (await open()).workEvaluations(async ({ evaluationId }) => void ended.push(evaluationId));
      await vi.waitFor(() => expect(ended).toEqual([first, second]), 20_000);
      await other.close();
      worker.resume();
      const third = randomUUID();
      await queue.enqueueEvaluation({ evaluationId: third });
      await vi.waitFor(() => expect(ended).toEqual([first, second, third]), 20_000);
      worker.pause();
      const fourth = randomUUID();
      await queue.enqueueEvaluation({ evaluationId: fourth });
      await sleep(1500);
      expect(begun).toEqual([first, third]);
      worker.resume();
      await vi.waitFor(() => expect(ended).toEqual([first, second, third, fourth]), 20_000);
    });

    it('keeps evaluations and scorings apart', async () => {
      const evaluationId = randomUUID();
      const evaluations: unknown[] = [];
      const scorings: unknown[] = [];
      queue.workEvaluations(async (job) => void evaluations.push(job));
      queue.workScorings(async (job) => void scorings.push(job));
      await queue.enqueueScoring({ evaluationId });
      await vi.waitFor(() => expect(scorings).toEqual([{ evaluationId }]), 20_000);
      expect(evaluations).toEqual([]);
      await queue.enqueueEvaluation({ evaluationId });
      await vi.waitFor(() => expect(evaluations).toEqual([{ evaluationId }]), 20_000);
      expect(scorings).toHaveLength(1);
    });

    it('rings again after the job is done', async () => {
      const evaluationId = randomUUID();
      let deliveries = 0;
      queue.workEvaluations(async () => {
        deliveries += 1;
      });
      await queue.enqueueEvaluation({ evaluationId });
      await vi.waitFor(() => expect(deliveries).toBe(1), 20_000);
      // The job is gone only after its handler's promise: ringing in between is still the same job.
      await vi.waitFor(async () => {
        await queue.enqueueEvaluation({ evaluationId });
        expect(deliveries).toBeGreaterThan(1);
      }, 20_000);
    });

    it('delivers a job again when its handler throws, three times in all, and then forgets it', async () => {
      const evaluationId = randomUUID();
      let deliveries = 0;
      const errors: string[] = [];
      const worker = queue.workEvaluations(
        async () => {
          deliveries += 1;
          throw new Error(`refusal ${deliveries}`);
        },
        { onError: (error) => errors.push(error.message) },
      );
      await queue.enqueueEvaluation({ evaluationId });
      await vi.waitFor(() => expect(errors).toEqual(['refusal 1', 'refusal 2', 'refusal 3']), 20_000);
      await worker.close();
      expect(deliveries).toBe(3);

      const next = await open();
      const again: string[] = [];
      next.workEvaluations(async (job) => void again.push(job.evaluationId));
      await next.enqueueEvaluation({ evaluationId });
      await vi.waitFor(() => expect(again).toEqual([evaluationId]), 20_000);
    });

    it('gives the job of a killed worker to another', async () => {
      const evaluationId = randomUUID();
      const victim = await startWorkerProcess(options);
      await queue.enqueueEvaluation({ evaluationId });
      await victim.hasJob;
      victim.child.kill('SIGKILL');
      const delivered: string[] = [];
      queue.workEvaluations(async (job) => void delivered.push(job.evaluationId), { lockSeconds: 1 });
      await vi.waitFor(() => expect(delivered).toEqual([evaluationId]), 30_000);
    });

    it('tells a running job that its worker closes, waits for it, and hands it on where it throws', async () => {
      const evaluationId = randomUUID();
      const leaving = await open();
      const steps: string[] = [];
      const started = new Promise<void>((running) => {
        leaving.workEvaluations(async (_job, signal) => {
          running();
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          steps.push('told');
          throw new Error('not finished');
        });
      });
      await queue.enqueueEvaluation({ evaluationId });
      await started;
      await leaving.close();
      steps.push('closed');
      expect(steps).toEqual(['told', 'closed']);
      const delivered: string[] = [];
      queue.workEvaluations(async (job) => void delivered.push(job.evaluationId));
      await vi.waitFor(() => expect(delivered).toEqual([evaluationId]), 20_000);
    });

    it('refuses a payload that is not an id', async () => {
      await expect(queue.enqueueEvaluation({ evaluationId: 'mine' })).rejects.toThrow(/UUID/);
      const more = { evaluationId: randomUUID(), manifest: {} };
      await expect(queue.enqueueScoring(more)).rejects.toThrow(/manifest/);
    });

    it('says at once that the queue is away, and goes on when it is back', async () => {
      const evaluationId = randomUUID();
      const early = randomUUID();
      await queue.enqueueEvaluation({ evaluationId: early });
      await queue.health();
      await gate.cut();

      const late = await open();
      const delivered: string[] = [];
      const errors: Error[] = [];
      const worker = late.workEvaluations(async (job) => void delivered.push(job.evaluationId), {
        onError: (error) => errors.push(error),
      });
      for (const each of [queue, late]) {
        await expect(each.enqueueEvaluation({ evaluationId })).rejects.toMatchObject({ code: 'queue_unavailable' });
        await expect(each.health()).rejects.toMatchObject({ code: 'queue_unavailable' });
      }

      await gate.restore();
      await worker.ready;
      await vi.waitFor(() => queue.enqueueEvaluation({ evaluationId }), 20_000);
      const second = randomUUID();
      await vi.waitFor(() => late.enqueueEvaluation({ evaluationId: second }), 20_000);
      await vi.waitFor(() => late.health(), 20_000);
      await vi.waitFor(() => expect(delivered.sort()).toEqual([early, evaluationId, second].sort()), 20_000);
    });

    it('goes on working after the connection broke', async () => {
      const delivered: string[] = [];
      const worker = queue.workEvaluations(async (job) => void delivered.push(job.evaluationId));
      await worker.ready;
      const first = randomUUID();
      await queue.enqueueEvaluation({ evaluationId: first });
      await vi.waitFor(() => expect(delivered).toEqual([first]), 20_000);
      await gate.cut();
      await gate.restore();
      const second = randomUUID();
      await vi.waitFor(() => queue.enqueueEvaluation({ evaluationId: second }), 20_000);
      await vi.waitFor(() => expect(delivered).toEqual([first, second]), 30_000);
    });

    it('closes while the queue is away', async () => {
      const worker = queue.workEvaluations(async () => {});
      await worker.ready;
      await queue.enqueueEvaluation({ evaluationId: randomUUID() });
      await gate.cut();
      await queue.close();
      queues.splice(0);
      await gate.restore();
    });
  });
}

/** A worker in a process of its own that takes one job and never ends it. */
async function startWorkerProcess(options: object): Promise<{ child: ChildProcess; hasJob: Promise<void> }> {
  const script = `
    const { createQueue } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const queue = await createQueue(${JSON.stringify(options)});
    const worker = queue.workEvaluations(async () => {
      console.log('job');
      await new Promise(() => {});
    }, { lockSeconds: 1 });
    await worker.ready;
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const says = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => chunk.toString('utf8').includes(word) && resolve());
      child.once('exit', () => reject(new Error(`The worker process ended before it said “${word}”.`)));
    });
  const hasJob = says('job');
  hasJob.catch(() => {});
  await says('ready');
  return { child, hasJob };
}
