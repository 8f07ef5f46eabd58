import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalPostgres, startLocalPostgres } from '@holdout/local-postgres';

interface KeptPostgres extends Pick<LocalPostgres, 'url' | 'ensureDatabase'> {
  stop(): Promise<void>;
}

interface KeepOptions {
  directory: string;
  /** Hears each sentence for the person at the terminal. */
  say: (sentence: string) => void;
  /** Hears each line of the server's log. */
  log: (line: string) => void;
}

const firstPauseMilliseconds = 250;
const longestPauseMilliseconds = 15_000;

/**
 * Starts Postgres and starts it again, at the same port, whenever it ends without being asked: everybody's
 * connection string stays true, and what was committed is there.
 *
 * @throws Error with a sentence for the operator where the first start fails
 */
export async function keepPostgres({ directory, say, log }: KeepOptions): Promise<KeptPostgres> {
  const first = await startLocalPostgres({ directory, onLog: log });
  const stopping = new AbortController();
  let current: LocalPostgres | null = first;
  const finished = keepRunning(first);

  async function keepRunning(started: LocalPostgres): Promise<void> {
    for (let server: LocalPostgres | null = started; server; server = await startAgain(started.port)) {
      current = server;
      await server.stopped;
      current = null;
      if (stopping.signal.aborted) return;
      say('Postgres ended and is started again.');
    }
  }

  /** What is left of the old server may still hold the data for a moment. */
  async function startAgain(port: number): Promise<LocalPostgres | null> {
    for (let pause = firstPauseMilliseconds; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return null;
      try {
        const server = await startLocalPostgres({ directory, port, onLog: log });
        if (!stopping.signal.aborted) return server;
        await server.stop();
        return null;
      } catch (error) {
        say(`${error instanceof Error ? error.message : error}\nIt is tried again.`);
      }
    }
  }

  return {
    url: first.url,
    ensureDatabase: first.ensureDatabase,
    async stop() {
      stopping.abort();
      await current?.stop();
      await finished;
    },
  };
}
