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
  /** So often it has ended without being told to. */
  ends(): number;
  /** SIGKILL, and waits until it is dead. @returns whether there was one to kill */
  kill(): Promise<boolean>;
  /** What `pg_ctl restart` does: open transactions are rolled back. @returns whether there was one */
  restart(): Promise<boolean>;
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
  let ends = 0;
  const finished = run();

  async function run(): Promise<void> {
    for (;;) {
      await current.stopped;
      if (stopping.signal.aborted) return;
      ends += 1;
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

  /** The file is older than the server where one was killed and the next is not up yet. */
  const end = async (name: NodeJS.Signals): Promise<boolean> => {
    const victim = current;
    const [pid = ''] = (await readFile(join(directory, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const words = await readFile(`/proc/${Number(pid)}/cmdline`, 'utf8').catch(() => '');
    if (!words.includes(directory)) return false;
    try {
      process.kill(Number(pid), name);
    } catch {
      return false;
    }
    await victim.stopped;
    return true;
  };
  return {
    port,
    password: (await readFile(join(directory, 'password'), 'utf8')).trim(),
    socketDirectory,
    ends: () => ends,
    kill: () => end('SIGKILL'),
    restart: () => end('SIGINT'),
    async stop() {
      stopping.abort();
      await current.stop();
      await finished;
    },
  };
}
