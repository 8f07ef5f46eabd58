import { listEvents } from '@holdout/db';
import { takeGpu } from '@holdout/runner';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

// The machine's GPU is a program here, which was asked for by name; what is given it, and taken back, is as with any other.
/** What plays the GPU is slow. */
const few = { studyCount: 2 };
const slow = { timeout: 240_000 };
const never = new AbortController().signal;
let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await startWorkerFixture();
  expect(fixture.evaluating.config.gpus).toHaveLength(1);
});
afterAll(() => fixture?.close());

async function readLog(evaluationId: string): Promise<string> {
  const events = await listEvents(fixture.owner, evaluationId, 0);
  return events.flatMap((event) => (event.kind === 'log' ? [event.data.line] : [])).join('\n');
}

it(
  'gives a model whose phase says so a GPU, names it in what the predictions rest on, and gives it back',
  slow,
  async () => {
    const { evaluating, owner } = fixture;
    const submitted = await fixture.submit({ hardware: 'gpu', ...few });
    await evaluateById(evaluating, submitted.evaluationId, never);
    const { provenance, state } = await owner
      .selectFrom('evaluations')
      .select(['provenance', 'state'])
      .where('id', '=', submitted.evaluationId)
      .executeTakeFirstOrThrow();
    expect(state).toBe('scoring');
    expect(provenance).toMatchObject({ device: expect.stringMatching(/^webgpu \(.*(SwiftShader|llvmpipe)/i) });
    (await takeGpu(evaluating.config.gpus)).release();
    // The next waits in a sandbox that shows that GPU, and has not taken it.
    await expect.poll(() => evaluating.models.waitingGpu()?.id, { timeout: 10_000 }).toBe('software');
  },
);

it('leaves GPUs to others where nobody asked for one', slow, async () => {
  const taken = await takeGpu(fixture.evaluating.config.gpus);
  const submitted = await fixture.submit({ hardware: 'cpu', ...few });
  await evaluateById(fixture.evaluating, submitted.evaluationId, never);
  expect(await readLog(submitted.evaluationId)).toMatch(/ on cpu, 2 threads/);
  taken.release();
});

it('says so where a phase wants a GPU and its machine has none', slow, async () => {
  const { evaluating } = fixture;
  const submitted = await fixture.submit({ hardware: 'gpu', ...few });
  const without = { ...evaluating, config: { ...evaluating.config, gpus: [] } };
  await evaluateById(without, submitted.evaluationId, never);
  expect(await readLog(submitted.evaluationId)).toMatch(/This worker has no GPU; .*\n.* on cpu, 2 threads/);
});

it('waits until the GPU is free, and no longer than its worker may', slow, async () => {
  const taken = await takeGpu(fixture.evaluating.config.gpus);
  const submitted = await fixture.submit({ hardware: 'gpu', ...few });
  const shutdown = new AbortController();
  const waits = evaluateById(fixture.evaluating, submitted.evaluationId, shutdown.signal);
  shutdown.abort();
  await waits;
  expect((await fixture.read(submitted)).state).toBe('checking');
  const again = evaluateById(fixture.evaluating, submitted.evaluationId, never);
  taken.release();
  await again;
  expect((await fixture.read(submitted)).state).toBe('scoring');
});
