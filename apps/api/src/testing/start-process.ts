import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestServer } from './test-server.js';

const program = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it as a power cut does, or as an operator does. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

interface ProcessOptions {
  storageDirectory: string;
  diskBytes?: number;
  environment?: Record<string, string>;
  /** Gets each line of its log. */
  onLine?: (line: string) => void;
}

/** The server as a process of its own, on the database of a test's. */
export async function startServerProcess(
  { databaseUrl }: Pick<TestServer, 'databaseUrl'>,
  { storageDirectory, diskBytes, environment: further, onLine }: ProcessOptions,
): Promise<ServerProcess> {
  const environment = {
    PATH: process.env.PATH ?? '',
    HOLDOUT_PORT: '0',
    HOLDOUT_DATABASE_URL: databaseUrl,
    HOLDOUT_AUTH_SECRET: 'a secret of the tests, of some length',
    HOLDOUT_STORAGE_DIRECTORY: storageDirectory,
    ...further,
  };
  // A real disk of that size, in a mount namespace that ends with the process.
  const mount = `mount -t tmpfs -o size=${diskBytes} tmpfs "$HOLDOUT_STORAGE_DIRECTORY" && exec "$0" "$1"`;
  const wrap = diskBytes === undefined ? [] : ['unshare', '--map-root-user', '--mount', 'sh', '-c', mount];
  const [command = '', ...argv] = [...wrap, process.execPath, program];
  const child = spawn(command, argv, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    url: await readAddress(child, onLine),
    pid: child.pid ?? 0,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** The server's log names the address that it listens on. */
async function readAddress({ stdout }: ChildProcess, onLine?: (line: string) => void): Promise<string> {
  if (!stdout) throw new Error('Its output is not read.');
  return await new Promise((resolve, reject) => {
    // What it logs later is read too, or it would fill the pipe.
    createInterface({ input: stdout })
      .on('line', (line) => {
        const url = /Server listening at (http:\/\/[^"\s]+)/.exec(line)?.[1];
        if (url) resolve(url);
        onLine?.(line);
      })
      .once('close', () => reject(new Error('The server ended before it listened.')));
  });
}
