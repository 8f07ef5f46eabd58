import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres } from '@holdout/db/testing';
import { createQueue, prepareQueue, type Queue, type QueueWorker } from '@holdout/queue';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { takeScorings } from './take-scorings.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

let fixture: WorkerFixture;
let work: QueueWorker | undefined;
/** A queue whose bells nobody rings here. */
let elsewhere: Queue;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  fixture = await startWorkerFixture();
  postgres = await startTestPostgres();
  const { ownerUrl } = await postgres.createDatabase();
  await prepareQueue({ postgresUrl: ownerUrl, roles: [] });
  elsewhere = await createQueue({ postgresUrl: ownerUrl });
});
afterEach(async () => {
  await work?.close();
  work = undefined;
});
afterAll(async () => {
  await elsewhere?.close();
  await postgres?.stop();
  await fixture?.close();
});

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

/** It listens soon after it was started, and nobody says when. What it did not hear is left to whoever comes. */
async function waitUntilItHears(): Promise<void> {
  const all: Submitted[] = [];
  const isAnyScored = async () => {
    all.push(await evaluate());
    return (await Promise.all(all.map(stateOf))).includes('scored');
  };
  await expect.poll(isAnyScored, { timeout: 60_000 }).toBe(true);
}

function start(queue = fixture.evaluating.queue): QueueWorker {
  work = takeScorings({ ...fixture.scoring, queue });
  return work;
}

it('scores what Postgres tells of, though no bell comes', async () => {
  start(elsewhere);
  await waitUntilItHears();
  await expectScored(await evaluate());
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
  const hearing = start(elsewhere);
  await waitUntilItHears();
  const byBell = takeScorings({ ...fixture.scoring, queue: fixture.evaluating.queue });
  try {
    await byBell.ready;
    for (const each of [hearing, byBell]) each.pause();
    const submitted = await evaluate();
    await sleep(1000);
    expect(await stateOf(submitted)).toBe('scoring');
    byBell.resume();
    await expectScored(submitted);
  } finally {
    await byBell.close();
  }
});
