import type { Hardware, WorkerDescription, WorkerKind } from '@holdout/contracts';
import { beat, type Database, registerWorker, signOffWorker } from '@holdout/db';
import type { QueueWorker } from '@holdout/queue';
import type { Logger } from 'pino';
import type { WorkerConfig } from './config.js';

interface EntryTools {
  readonly database: Database;
  readonly config: Pick<WorkerConfig, 'owner' | 'machine'>;
  readonly log: Logger;
}

/** A worker's line in the list that operators see. */
export interface WorkerEntry {
  /** Keeps the line true, and lets operators pause and resume the work: it takes nothing from the queue meanwhile. */
  follow(work: Pick<QueueWorker, 'pause' | 'resume'>): void;
  /** Says that the process ends in order. */
  signOff(): Promise<void>;
}

const beatMilliseconds = 2000;

/**
 * Enters this process into the list of workers, before it takes any work: from then on no claim of a paused worker
 * succeeds. Where Postgres is away it is entered when that is back.
 */
export async function enterWorker(
  { database, config, log }: EntryTools,
  kind: WorkerKind,
  description: WorkerDescription,
  serves: readonly Hardware[] = [],
): Promise<WorkerEntry> {
  const { owner: name, machine } = config;
  const enter = () => registerWorker(database, { name, kind, machine, description, serves });
  await enter().catch((error) => log.warn({ err: error }, 'not in the list of workers yet'));
  let timer: NodeJS.Timeout | undefined;
  let beating = Promise.resolve();

  async function tell(work: Pick<QueueWorker, 'pause' | 'resume'>): Promise<void> {
    try {
      const mode = await beat(database, name);
      if (mode === null) return await enter();
      if (mode === 'working') work.resume();
      else work.pause();
    } catch (error) {
      log.warn({ err: error }, 'could not say that this worker is there; trying again');
    }
  }

  return {
    follow(work) {
      const next = () => {
        beating = beating.then(() => tell(work));
      };
      next();
      timer = setInterval(next, beatMilliseconds);
    },
    async signOff() {
      clearInterval(timer);
      await beating;
      await signOffWorker(database, name).catch((error) => log.warn({ err: error }, 'could not sign off'));
    },
  };
}
