import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { takeEvaluations } from './take-evaluations.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
beforeEach(async () => {
  fixture = await startWorkerFixture();
});
afterEach(() => fixture?.close());

type Submitted = Awaited<ReturnType<WorkerFixture['submit']>>;

async function waitForScoring(all: readonly Submitted[]): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const each of all) expect((await fixture.read(each)).state).toBe('scoring');
    },
    { timeout: 120_000, interval: 200 },
  );
}

it('works off one after another what was never rung for', async () => {
  const all = [await fixture.submit(), await fixture.submit()];
  const work = takeEvaluations(fixture.evaluating);
  await waitForScoring(all);
  await work.close();
}, 180_000);

it('hears a bell while it is idle, and takes what is next in place of what was rung for', async () => {
  const config = { ...fixture.evaluating.config, reconcileSeconds: 3600 };
  const [first, second] = [await fixture.submit(), await fixture.submit()];
  const work = takeEvaluations({ ...fixture.evaluating, config });
  await work.ready;
  await fixture.evaluating.queue.enqueueEvaluation({ evaluationId: second.evaluationId });
  await waitForScoring([first, second]);
  const [before, after] = [await fixture.read(first), await fixture.read(second)];
  expect(Number(before.times.checking)).toBeLessThan(Number(after.times.checking));
  // And hears again, now that it is idle again.
  const third = await fixture.submit();
  await fixture.evaluating.queue.enqueueEvaluation({ evaluationId: third.evaluationId });
  await waitForScoring([third]);
  await work.close();
}, 180_000);

it('goes on first with what another worker handed back, however much waits', async () => {
  const [handedBack, ...waiting] = [await fixture.submit(), await fixture.submit(), await fixture.submit()];
  await evaluateById(fixture.evaluating, handedBack.evaluationId, AbortSignal.abort());
  expect((await fixture.read(handedBack)).state).toBe('checking');
  const work = takeEvaluations(fixture.evaluating);
  await waitForScoring([handedBack, ...waiting]);
  await work.close();
  const ended = Number((await fixture.read(handedBack)).times.scoring);
  for (const each of waiting) expect(Number((await fixture.read(each)).times.checking)).toBeGreaterThanOrEqual(ended);
}, 180_000);

it('serves two classes by as many turns as teams wait in each, so that neither waits for the other to be empty', async () => {
  const submitTo = async (hardware: 'cpu' | 'gpu') => {
    return { submitted: await fixture.submit({ hardware, studyCount: 1 }), hardware };
  };
  const all = [];
  for (const hardware of ['gpu', 'gpu', 'gpu', 'cpu', 'cpu'] as const) all.push(await submitTo(hardware));
  // Whose turn it is has nothing to do with what it is run on, and the tests' GPU is only a slow program.
  const work = takeEvaluations({ ...fixture.evaluating, config: { ...fixture.evaluating.config, gpus: [] } });
  await waitForScoring(all.map(({ submitted }) => submitted));
  await work.close();
  const begun = await Promise.all(
    all.map(async ({ submitted, hardware }) => ({
      hardware,
      at: Number((await fixture.read(submitted)).times.checking),
    })),
  );
  const order = begun.sort((one, other) => one.at - other.at).map(({ hardware }) => hardware);
  expect(order).toEqual(['gpu', 'cpu', 'gpu', 'cpu', 'gpu']);
}, 180_000);
