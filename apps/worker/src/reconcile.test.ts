import { claimEvaluation } from '@holdout/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startReconciling } from './reconcile.js';
import { scorePredictions } from './score-predictions.js';
import { takeEvaluations } from './take-evaluations.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterAll(() => fixture?.close());

it('takes back what a dead worker held while the places of a board take long', async () => {
  const { owner, evaluating, scoring } = fixture;
  const scored = await fixture.submit();
  await evaluateById(evaluating, scored.evaluationId, new AbortController().signal);
  await scorePredictions(scoring, scored.evaluationId);

  // Who reads how sure its places are waits for this lock, for as long as the test wants.
  let letGo = () => {};
  const isLet = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const locked = owner.transaction().execute(async (trx) => {
    await sql`LOCK TABLE board_statistics IN ACCESS EXCLUSIVE MODE`.execute(trx);
    await isLet;
  });
  const { queue } = evaluating;
  const stopReconciling = startReconciling({ ...scoring, queue, everySeconds: 1 });
  await waitUntilSomethingWaits();

  // It hears of nothing but bells: what is lost after it has begun comes to it only where somebody rings.
  const config = { ...evaluating.config, reconcileSeconds: 3600 };
  const work = takeEvaluations({ ...evaluating, config });
  await work.ready;
  const lost = await fixture.submit();
  await claimEvaluation(owner, { evaluationId: lost.evaluationId, owner: 'dead', leaseSeconds: 1 });
  await vi.waitFor(async () => expect((await fixture.read(lost)).state).toBe('scoring'), {
    timeout: 120_000,
    interval: 200,
  });
  expect(await countStatistics()).toBe('locked');

  letGo();
  await locked;
  await vi.waitFor(async () => expect(await countStatistics()).toBe(1), { timeout: 60_000, interval: 200 });
  await work.close();
  await stopReconciling();
}, 240_000);

async function waitUntilSomethingWaits(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await sql`
        SELECT 1 FROM pg_locks WHERE relation = 'board_statistics'::regclass AND NOT granted`.execute(fixture.owner);
      expect(rows.length).toBe(1);
    },
    { timeout: 60_000, interval: 100 },
  );
}

async function countStatistics(): Promise<number | 'locked'> {
  return await fixture.owner
    .transaction()
    .execute(async (trx) => {
      await sql`SET LOCAL lock_timeout = '200ms'`.execute(trx);
      const { count } = await trx
        .selectFrom('boardStatistics')
        .select(sql<number>`count(*)::integer`.as('count'))
        .executeTakeFirstOrThrow();
      return count;
    })
    .catch(() => 'locked' as const);
}
