import { setTimeout as sleep } from 'node:timers/promises';
import { type EvaluationChange, type Listener, listen } from '@holdout/db';
import type { Queue, QueueWorker } from '@holdout/queue';
import { type ScoringTools, scorePredictions } from './score-predictions.js';

/**
 * Scores one evaluation after another. Of what was just predicted it is told twice: by Postgres, as the predictions are stored,
 * and some milliseconds later by a bell, which waits where nobody heard. Whoever claims it scores it, so that the second finds
 * nothing to do; what Postgres tells a worker that is busy is left to the bell, as is what is scored anew.
 */
export function takeScorings(tools: ScoringTools & { readonly queue: Queue }): QueueWorker {
  const { queue, config, log } = tools;
  const closing = new AbortController();
  const handBack = new AbortController();
  let isPaused = false;
  let underWay = 0;
  let last = Promise.resolve();

  /** Never two at a time, whoever told of them. */
  function score(evaluationId: string): Promise<void> {
    underWay += 1;
    const scored = last.then(() => scorePredictions(tools, evaluationId, handBack.signal));
    last = scored
      .catch(() => {})
      .finally(() => {
        underWay -= 1;
      });
    return scored;
  }

  function hear({ evaluationId, state }: EvaluationChange): void {
    if (state !== 'scoring' || isPaused || closing.signal.aborted || underWay > 0) return;
    score(evaluationId).catch((error) => log.debug({ err: error }, 'left to the bell'));
  }

  const bells = queue.workScorings(({ evaluationId }) => score(evaluationId), { lockSeconds: config.leaseSeconds });
  const listening = listenUntil(closing.signal, config.databaseUrl, hear);

  return {
    ready: bells.ready,
    pause() {
      isPaused = true;
      bells.pause();
    },
    resume() {
      isPaused = false;
      bells.resume();
    },
    /** Ends what it works on within the set time, or hands it back. */
    async close() {
      closing.abort();
      const late = setTimeout(() => handBack.abort(), config.drainSeconds * 1000);
      const deaf = listening.then((listener) => listener?.close());
      await bells.close();
      await deaf;
      await last;
      clearTimeout(late);
    },
  };
}

const againMilliseconds = 1000;

/** Tries until Postgres is there: bells, which may come by Redis, are heard without it. */
async function listenUntil(
  closing: AbortSignal,
  url: string,
  onChange: (change: EvaluationChange) => void,
): Promise<Listener | null> {
  while (!closing.aborted) {
    try {
      return await listen(url, onChange);
    } catch {
      await sleep(againMilliseconds, undefined, { signal: closing }).catch(() => {});
    }
  }
  return null;
}
