import {
  claimHeatMaps,
  claimNextEvaluation,
  type EvaluationClaim,
  type HeatMapClaim,
  readClassShares,
} from '@holdout/db';
import type { QueueWorker } from '@holdout/queue';
import { ClassTurns } from './class-turns.js';
import { type EvaluationTools, evaluateSubmission } from './evaluate-submission.js';
import { makeHeatMaps } from './make-heat-maps.js';

type Work = { readonly evaluation: EvaluationClaim } | { readonly heatMaps: HeatMapClaim };

/**
 * Works on one evaluation after another, always on the one that is next in Postgres' order. A bell says only that there is
 * work; since bells may be lost, an idle worker also looks by itself every few seconds. While it works it takes no bells,
 * so that another worker hears them. Heat maps, for which no bell rings, are made where no evaluation waits.
 */
export function takeEvaluations(tools: EvaluationTools): QueueWorker {
  const { database, queue, config, log } = tools;
  const handBack = new AbortController();
  let isPaused = false;
  let isClosing = false;
  let isBusy = false;
  let working = Promise.resolve();
  const { serves } = config;
  const turns = new ClassTurns(serves);

  const bells = queue.workEvaluations(look, {
    serves,
    lockSeconds: config.leaseSeconds,
    onError: (error) => log.debug({ err: error }, 'a bell goes back'),
  });
  const timer = setInterval(() => {
    if (isBusy || isPaused) return;
    look().catch((error) => log.warn({ err: error }, 'could not look for work; trying again'));
  }, config.reconcileSeconds * 1000);

  /** Answers as soon as it is known whether there is work; the work goes on. */
  async function look(): Promise<void> {
    if (isBusy || isClosing) throw new Error('This worker is busy; the bell goes back.');
    isBusy = true;
    const work = await claimNext().catch((error) => {
      isBusy = false;
      throw error;
    });
    if (work) working = workOff(work);
    else isBusy = false;
  }

  async function claimNext(): Promise<Work | null> {
    const evaluation = await claimEvaluation();
    if (evaluation) return { evaluation };
    const { owner, leaseSeconds, maxAttempts } = config;
    const heatMaps = await claimHeatMaps(database, { owner, leaseSeconds, maxAttempts, serves });
    return heatMaps && { heatMaps };
  }

  async function claimEvaluation(): Promise<EvaluationClaim | null> {
    const { owner, leaseSeconds, maxAttempts } = config;
    const order = serves.length > 1 ? turns.next(await readClassShares(database, serves)) : serves;
    const claim = await claimNextEvaluation(database, { owner, leaseSeconds, maxAttempts, serves: order });
    if (claim) turns.served(claim.hardware);
    return claim;
  }

  async function workOff(first: Work): Promise<void> {
    bells.pause();
    try {
      for (let work: Work | null = first; work; ) {
        if ('evaluation' in work) await evaluateSubmission(tools, work.evaluation, handBack.signal);
        else await makeHeatMaps(tools, work.heatMaps, handBack.signal);
        work = isPaused || isClosing ? null : await claimNext();
      }
    } catch (error) {
      // Postgres is away: the lease runs out, and what was held is taken over.
      log.warn({ err: error }, 'what was worked on could not be ended in order');
    } finally {
      isBusy = false;
      if (!isPaused && !isClosing) bells.resume();
    }
  }

  return {
    ready: bells.ready,
    pause() {
      isPaused = true;
      bells.pause();
    },
    resume() {
      isPaused = false;
      if (!isBusy) bells.resume();
    },
    /** Ends what it works on within the set time, or hands it back. */
    async close() {
      isClosing = true;
      clearInterval(timer);
      const late = setTimeout(() => handBack.abort(), config.drainSeconds * 1000);
      await bells.close();
      await working;
      clearTimeout(late);
    },
  };
}
