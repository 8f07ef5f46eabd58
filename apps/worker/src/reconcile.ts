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
import { repeatAlone } from './repeat-alone.js';

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
 * whose next test-set version is ready, and says how sure the places of changed boards are: beside the rest, since of a
 * long board that takes a while, and what was lost may not wait for it.
 *
 * @returns a function that stops it and waits for what is under way
 */
export function startReconciling(tools: ReconcileTools): () => Promise<void> {
  const stopped = new AbortController();
  const stops = [
    repeatAlone(tools.everySeconds, () => reconcile(tools)),
    repeatAlone(tools.everySeconds, () => updateStatistics(tools, stopped.signal)),
  ];
  return async () => {
    stopped.abort();
    await Promise.all(stops.map((stop) => stop()));
  };
}

async function reconcile({ database, queue, log, everySeconds }: ReconcileTools): Promise<void> {
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
  } catch (error) {
    log.warn({ err: error }, 'could not look for forgotten evaluations; trying again');
  }
}

async function updateStatistics({ database, storage, log }: ReconcileTools, stopped: AbortSignal): Promise<void> {
  try {
    const boards = await updateBoardStatistics({ database, storage, log }, stopped);
    if (boards.length > 0) log.info({ phases: boards }, 'said how sure the places are');
  } catch (error) {
    log.warn({ err: error }, 'could not look for boards that have changed; trying again');
  }
}
