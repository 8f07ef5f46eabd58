import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres } from '@holdout/db/testing';
import { createQueue, prepareQueue, type QueueWorker } from '@holdout/queue';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { takeScorings } from './take-scorings.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
let work: QueueWorker | undefined;
beforeAll(async () => {
  fixture = await startWorkerFixture();
});
afterEach(async () => {
  await work?.close();
  work = undefined;
});
afterAll(() => fixture?.close());

/** Up to where its predictions are stored, and a bell was rung. */
async function evaluate() {
  const submitted = await fixture.submit({ studyCount: 2 });
  await evaluateById(fixture.evaluating, submitted.evaluationId, new AbortController().signal);
  return submitted;
}

type Submitted = Awaited<ReturnType<typeof evaluate>>;
const stateOf = async (submitted: Submitted) => (await fixture.read(submitted)).state;
const expectScored = (submitted: Submitted) =>
  expect.poll(() => stateOf(submitted), { timeout: 60_000 }).toBe('scored');

function start(queue = fixture.evaluating.queue): QueueWorker {
  work = takeScorings({ ...fixture.scoring, queue });
  return work;
}

it('scores what Postgres tells of, though no bell comes', async () => {
  const postgres = await startTestPostgres();
  const { ownerUrl } = await postgres.createDatabase();
  await prepareQueue({ postgresUrl: ownerUrl, roles: [] });
  const elsewhere = await createQueue({ postgresUrl: ownerUrl });
  try {
    await start(elsewhere).ready;
    // It listens soon after it takes bells, and nobody says when: of one of these it hears.
    await expect
      .poll(async () => stateOf(await evaluate().then((each) => sleep(500, each))), { timeout: 60_000 })
      .toBe('scored');
    await expectScored(await evaluate());
    await work?.close();
  } finally {
    await elsewhere.close();
    await postgres.stop();
  }
});

it('scores by its bell what was stored while it was not there, and once what it is told of twice', async () => {
  const before = await evaluate();
  start();
  await expectScored(before);
  const all = [await evaluate(), await evaluate(), await evaluate()];
  for (const each of all) await expectScored(each);
  const attempts = await fixture.owner.selectFrom('evaluations').select('scoringAttempts').execute();
  expect(new Set(attempts.map(({ scoringAttempts }) => scoringAttempts))).toEqual(new Set([1]));
});

it('takes nothing while it is paused, however it is told', async () => {
  const paused = start();
  await paused.ready;
  await expectScored(await evaluate());
  paused.pause();
  const submitted = await evaluate();
  await sleep(1000);
  expect(await stateOf(submitted)).toBe('scoring');
  paused.resume();
  await expectScored(submitted);
});
