import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Score, ScoreIntervals } from '@holdout/contracts';
import {
  beat,
  claimNextEvaluation,
  claimScoring,
  type EvaluationClaim,
  finishRunning,
  openDatabase,
  publishScore,
  recordProgress,
  registerWorker,
  renewLease,
  startRunning,
} from '@holdout/db';

/** What a worker that only sleeps is told. */
export interface SleepingWork {
  readonly evaluatorUrl: string;
  readonly ownerUrl: string;
  /** How long each evaluation takes. */
  readonly sleepSeconds: number;
  /** What each is given, so that 100 processes need not compute it. */
  readonly score: { readonly score: Score; readonly intervals: ScoreIntervals };
}

/** What it says when it is asked to end. */
export interface SleptWork {
  readonly claimMilliseconds: number[];
  /** When each was published, in milliseconds of the epoch. */
  readonly publishedAt: number[];
  /** How many it could not end. */
  lost: number;
}

const owner = `${hostname()}:${process.pid}`;
const leaseSeconds = 15;
const slept: SleptWork = { claimMilliseconds: [], publishedAt: [], lost: 0 };
let isEnding = false;

process.on('message', (message: SleepingWork | 'end') => {
  if (message === 'end') isEnding = true;
  else void work(message);
});

process.on('disconnect', () => process.exit());
process.send?.('ready');

/** Everything that an evaluating worker writes, and what a scoring worker does with it, but for running and computing. */
async function work({ evaluatorUrl, ownerUrl, sleepSeconds, score: result }: SleepingWork): Promise<void> {
  const evaluator = openDatabase({ url: evaluatorUrl, applicationName: 'bench-evaluator', maxConnections: 2 });
  const scorer = openDatabase({ url: ownerUrl, applicationName: 'bench-scorer', maxConnections: 1 });
  const description = { sandbox: null, processor: '', cores: 1, memoryBytes: 1, gpuDevices: [], node: '', engines: [] };
  const worker = { name: owner, kind: 'evaluating', machine: hostname(), description, serves: ['cpu'] } as const;
  // A hundred that connect at the same moment may have to wait for a busy Postgres.
  while (
    !(await registerWorker(evaluator, worker).then(
      () => true,
      () => false,
    ))
  )
    await sleep(1000);
  const heart = setInterval(() => void beat(evaluator, owner).catch(() => {}), 2000);
  while (!isEnding) {
    try {
      if (!(await workOnNext())) await sleep(1000);
    } catch {
      // Postgres did not answer in time, or the lease was lost: it is taken over, as in a real worker.
      slept.lost += 1;
    }
  }
  clearInterval(heart);
  await evaluator.close();
  await scorer.close();
  // It ends when it is let go of: one that ended by itself could be gone before its message was read.
  process.send?.(slept);

  async function workOnNext(): Promise<boolean> {
    const askedAt = performance.now();
    const claim = await claimNextEvaluation(evaluator, { owner, leaseSeconds, serves: ['cpu'] });
    if (!claim) return false;
    slept.claimMilliseconds.push(performance.now() - askedAt);
    await pretend(claim, sleepSeconds);
    await publish(claim);
    slept.publishedAt.push(Date.now());
    return true;
  }

  /** Renews twice a second and says how far it is in twentieths, as a worker does. */
  async function pretend(held: EvaluationClaim, seconds: number): Promise<void> {
    const endsAt = performance.now() + seconds * 1000;
    await startRunning(evaluator, held);
    let imagesDone = 0;
    while (performance.now() < endsAt) {
      await sleep(Math.min(500, Math.max(0, endsAt - performance.now())));
      const states = [await renewLease(evaluator, { ...held, leaseSeconds })];
      const twentieths = Math.min(20, Math.floor(20 * (1 - (endsAt - performance.now()) / (seconds * 1000))));
      if (twentieths > imagesDone) {
        imagesDone = twentieths;
        states.push(await recordProgress(evaluator, { ...held, stage: 'running', imagesDone, imagesTotal: 20 }));
      }
      if (states.some((state) => state !== 'held')) throw new Error(`The lease is ${states.join(', ')}.`);
    }
    const predictionsDigest = createHash('sha256').update(held.evaluationId).digest('hex');
    if (!(await finishRunning(evaluator, { ...held, predictionsDigest, provenance: {} }))) throw new Error('lost');
  }

  async function publish({ evaluationId }: EvaluationClaim): Promise<void> {
    const claim = await claimScoring(scorer, { evaluationId, owner, leaseSeconds });
    const scored = { evaluationId, leaseToken: claim?.leaseToken ?? 0, scorerVersion: '1', provenance: {} };
    if (!(await publishScore(scorer, { ...scored, ...result }))) throw new Error(`${evaluationId} was not published.`);
  }
}
