import {
  type Database,
  listForgotten,
  readHardware,
  removeOldWorkers,
  revealFinalPhases,
  switchTestSets,
} from '@holdout/db';
import type { Queue } from '@holdout/queue';
import type { Storage } from '@holdout/storage';
import type { Logger } from 'pino';
import { updateBoardStatistics } from './board-statistics.js';

interface ReconcileTools {
  database: Database;
  queue: Queue;
  storage: Storage;
  log: Logger;
  everySeconds: number;
}

/**
 * Rings again, for as long as the process lives, for every evaluation that nobody works on: its bell was never rung,
 * was lost with the queue, or its worker died and the lease ran out. Ringing twice does no harm. And switches the phases
 * whose next test-set version is ready, and says how sure the places of changed boards are.
 *
 * @returns a function that stops it and waits for the round under way
 */
export function startReconciling({ database, queue, storage, log, everySeconds }: ReconcileTools): () => Promise<void> {
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(reconcile);
  }, everySeconds * 1000);

  async function reconcile(): Promise<void> {
    try {
      const { evaluating, scoring } = await listForgotten(database, { olderThanSeconds: everySeconds });
      for (const [evaluationId, hardware] of await readHardware(database, evaluating)) {
        await queue.enqueueEvaluation({ evaluationId }, hardware);
      }
      for (const evaluationId of scoring) await queue.enqueueScoring({ evaluationId });
      if (evaluating.length + scoring.length > 0) log.info({ evaluating, scoring }, 'rung again');
      const phases = await switchTestSets(database);
      if (phases.length > 0) log.info({ phases }, 'switched to another version of the test set');
      const final = await revealFinalPhases(database);
      if (final.length > 0) log.info({ phases: final }, 'final: everything is shown');
      await removeOldWorkers(database);
      const boards = await updateBoardStatistics({ database, storage });
      if (boards.length > 0) log.info({ phases: boards }, 'said how sure the places are');
    } catch (error) {
      log.warn({ err: error }, 'could not look for forgotten evaluations; trying again');
    }
  }

  return async () => {
    clearInterval(timer);
    await round;
  };
}
