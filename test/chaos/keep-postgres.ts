import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalPostgres, startLocalPostgres } from '@holdout/local-postgres';

/** A Postgres that is started again whenever it ends, on the data of an `npm start`. */
export interface KeptPostgres {
  readonly port: number;
  readonly password: string;
  /** Holds its socket: who is cut off from our network reaches it there. */
  readonly socketDirectory: string;
  kill(): Promise<void>;
  /** What `pg_ctl restart` does: open transactions are rolled back. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function keepPostgres(directory: string, socketDirectory: string): Promise<KeptPostgres> {
  await mkdir(socketDirectory, { recursive: true });
  // The server runs as the user postgres.
  await chmod(socketDirectory, 0o777);
  const settings = { unix_socket_directories: socketDirectory };
  let current = await startLocalPostgres({ directory, settings });
  const { port } = current;
  const stopping = new AbortController();
  const finished = run();

  async function run(): Promise<void> {
    for (;;) {
      await current.stopped;
      if (stopping.signal.aborted) return;
      current = await startAgain();
    }
  }

  /** What is left of the old server may still hold the data for a moment. */
  async function startAgain(): Promise<LocalPostgres> {
    for (;;) {
      const started = await startLocalPostgres({ directory, port, settings }).catch(() => null);
      if (started) return started;
      await sleep(300);
    }
  }

  const signal = async (name: NodeJS.Signals) => {
    const [pid = ''] = (await readFile(join(directory, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(pid) > 0) process.kill(Number(pid), name);
  };
  return {
    port,
    password: (await readFile(join(directory, 'password'), 'utf8')).trim(),
    socketDirectory,
    kill: () => signal('SIGKILL').catch(() => {}),
    restart: () => signal('SIGINT').catch(() => {}),
    async stop() {
      stopping.abort();
      await current.stop();
      await finished;
    },
  };
}
