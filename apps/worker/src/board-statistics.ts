import { type BoardStatistics, seedOfDigest } from '@holdout/contracts';
import {
  type ComparedEntry,
  type Database,
  isConnectionError,
  listComparedEntries,
  listGoldLabels,
  listReaderLabels,
  listStaleBoards,
  type StaleBoard,
  upsertBoardStatistics,
} from '@holdout/db';
import type { PredictedStudy } from '@holdout/scoring';
import { readPredictions, type Storage, takeStudiesOf } from '@holdout/storage';
import type { Logger } from 'pino';
import { Tinypool } from 'tinypool';
import type { BoardTask, computeBoard } from './compute-board.js';

/** The places far down a long board are nobody's question, and all of them together would not fit into memory. */
const mostEntries = 1000;

/** Of a long board it takes seconds, in which this process renews leases and says that it lives. */
const threads = new Tinypool({
  filename: new URL('../dist/compute-board.js', import.meta.url).href,
  minThreads: 0,
  maxThreads: 1,
});

interface StatisticsTools {
  database: Database;
  storage: Storage;
  log: Logger;
}

/**
 * Works out anew how sure the places of each board are whose entries have changed: in no request, and after the scores
 * themselves are published. One that fails is logged, and tried again the next time.
 *
 * @param stopped - leaves the boards after the one under way to the next process
 * @returns the ids of the phases
 */
export async function updateBoardStatistics(tools: StatisticsTools, stopped?: AbortSignal): Promise<string[]> {
  const updated: string[] = [];
  for (const board of await listStaleBoards(tools.database)) {
    if (stopped?.aborted) break;
    try {
      await upsertBoardStatistics(tools.database, board, await computeStatistics(tools, board));
      updated.push(board.phaseId);
    } catch (error) {
      // Without the database none can be done; what else is wrong, such as predictions that are lost, is of this one alone.
      if (isConnectionError(error)) throw error;
      tools.log.warn({ err: error, phaseId: board.phaseId }, 'could not say how sure the places of a board are');
    }
  }
  return updated;
}

async function computeStatistics(tools: StatisticsTools, board: StaleBoard): Promise<BoardStatistics> {
  const { database } = tools;
  const gold = await listGoldLabels(database, board.testSetVersionId);
  const entries = await listComparedEntries(database, board, mostEntries);
  const predictions = await readAllPredictions(tools, board, entries, gold);
  return await computeInThread({ gold, seed: seedOfDigest(board.testSetDigest), entries, predictions });
}

/** In a thread beside this one. @throws Error where the thread has not enough memory */
export async function computeInThread(task: BoardTask): Promise<BoardStatistics> {
  const computed: ReturnType<typeof computeBoard> = await threads.run(task, { name: 'computeBoard' });
  return computed;
}

async function readAllPredictions(
  { database, storage }: StatisticsTools,
  { testSetVersionId }: StaleBoard,
  entries: readonly ComparedEntry[],
  gold: readonly { study: string }[],
): Promise<string[]> {
  const readings = await listReaderLabels(database, testSetVersionId);
  const all: string[] = [];
  for (const { name, predictionsDigest } of entries) {
    if (predictionsDigest !== null) {
      all.push(toJson(takeStudiesOf(gold, await readPredictions(storage, predictionsDigest))));
    } else {
      const ofReader = readings.filter(({ reader }) => reader === name);
      all.push(toJson(ofReader.map(({ study, label }) => ({ study, label, probability: null }))));
    }
  }
  return all;
}

const toJson = (studies: PredictedStudy[]) => JSON.stringify(studies);
