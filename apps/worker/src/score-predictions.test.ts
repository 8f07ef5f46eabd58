import { execFile } from 'node:child_process';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { claimScoring } from '@holdout/db';
import { scoreIntervals } from '@holdout/scoring';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findIntervals } from './find-intervals.js';
import { scorePredictions } from './score-predictions.js';
import { evaluateById, startWorkerFixture, type WorkerFixture } from './testing/worker-fixture.js';

const run = promisify(execFile);
const slow = { timeout: 180_000 };
let fixture: WorkerFixture;
beforeEach(async () => {
  fixture = await startWorkerFixture();
});
afterEach(() => fixture?.close());

/** One whose predictions wait for their score, in a storage that does not answer until it is told to: a pipe in a file's place. */
async function predictSilently() {
  const submitted = await fixture.submit();
  const { evaluationId } = submitted;
  await evaluateById(fixture.evaluating, evaluationId, new AbortController().signal);
  const read = () =>
    fixture.owner
      .selectFrom('evaluations')
      .select(['state', 'leaseOwner', 'leaseToken', 'leaseExpiresAt', 'scoringAttempts', 'predictionsDigest'])
      .where('id', '=', evaluationId)
      .executeTakeFirstOrThrow();
  const digest = (await read()).predictionsDigest ?? '';
  const blob = join(fixture.scoring.config.storage.directory, 'blobs', digest.slice(0, 2), digest.slice(2));
  const bytes = await readFile(blob);
  await rename(blob, `${blob}-kept`);
  await run('mkfifo', [blob]);
  /** To all that wait, without waiting for one who does. */
  const answer = async () => {
    const pipe = await open(blob, 'r+');
    await pipe.write(bytes);
    await rm(blob);
    await rename(`${blob}-kept`, blob);
    return pipe;
  };
  return { submitted, evaluationId, read, answer };
}

const scorer = (owner: string) => ({ ...fixture.scoring, config: { ...fixture.scoring.config, owner } });

it('holds its lease while the storage is silent, so that no second worker begins the same', slow, async () => {
  const { submitted, evaluationId, read, answer } = await predictSilently();
  const scoring = scorePredictions(scorer('a'), evaluationId);
  await vi.waitFor(async () => expect((await read()).leaseOwner).toBe('a'), slow);
  const firstEnd = Number((await read()).leaseExpiresAt);
  const others: Promise<void>[] = [];
  // Twice as long as the first lease would have lasted, and others ask again and again.
  const longEnough = firstEnd + fixture.scoring.config.leaseSeconds * 1000;
  await vi.waitFor(
    async () => {
      others.push(scorePredictions(scorer('b'), evaluationId));
      const row = await read();
      expect(row.leaseOwner).toBe('a');
      expect(Number(row.leaseExpiresAt)).toBeGreaterThan(longEnough);
    },
    { timeout: 60_000, interval: 500 },
  );
  const pipe = await answer();
  await pipe.close();
  await Promise.all([scoring, ...others]);
  expect(await read()).toMatchObject({ state: 'scored', leaseToken: 2, scoringAttempts: 1 });
  expect((await fixture.read(submitted)).score?.studies).toBe(30);
});

it('stops waiting for a silent storage where it must end, and hands back at no cost', slow, async () => {
  const { evaluationId, read, answer } = await predictSilently();
  const shutdown = new AbortController();
  const scoring = scorePredictions(scorer('a'), evaluationId, shutdown.signal);
  await vi.waitFor(async () => expect((await read()).leaseOwner).toBe('a'), slow);
  shutdown.abort();
  await scoring;
  expect(await read()).toMatchObject({ state: 'scoring', leaseOwner: null, scoringAttempts: 0 });
  await (await answer()).close();
});

it('stops waiting where another worker has taken over, which is counted', slow, async () => {
  const { evaluationId, read, answer } = await predictSilently();
  const scoring = scorePredictions(scorer('a'), evaluationId);
  await vi.waitFor(async () => expect((await read()).leaseOwner).toBe('a'), slow);
  const next = { evaluationId, owner: 'b', leaseSeconds: 0 };
  await vi.waitFor(async () => {
    await fixture.owner
      .updateTable('evaluations')
      .set({ leaseExpiresAt: new Date(0) })
      .execute();
    expect(await claimScoring(fixture.owner, next)).not.toBeNull();
  }, slow);
  await scoring;
  await (await answer()).close();
  await vi.waitFor(async () => {
    await scorePredictions(scorer('c'), evaluationId);
    expect(await read()).toMatchObject({ state: 'scored', scoringAttempts: 3 });
  }, slow);
  expect(await fixture.registry.metrics()).toContain('holdout_lease_takeovers_total 1');
});

it('computes the intervals of a large test set beside this thread, which turns meanwhile', slow, async () => {
  const gold = Array.from({ length: 12_000 }, (_, place) => {
    const study = { study: `s${place}`, studyType: 'wrist', patient: `p${place}` };
    return { ...study, label: (place % 2) as 0 | 1 };
  });
  const studies = gold.map(({ study }, place) => ({
    study,
    label: (place % 3 === 0 ? 1 : 0) as 0 | 1,
    probability: null,
  }));
  let isComputing = true;
  const computing = findIntervals(gold, studies, { seed: 1, resamples: 200 }).finally(() => {
    isComputing = false;
  });
  let turns = 0;
  for (; isComputing; turns++) await nextTurn();
  // Were it computed here, this thread would turn a few times before and after.
  expect(turns).toBeGreaterThan(1000);
  expect(await computing).toEqual(scoreIntervals(gold, studies, { seed: 1, resamples: 200 }));
});
