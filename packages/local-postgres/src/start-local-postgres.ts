import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { findBinaries, type PostgresBinaries } from './binaries.js';
import { findFreePort } from './find-free-port.js';
import { giveToPostgresUser, type Launch, prepareLaunch } from './unprivileged-launch.js';

/** A Postgres server that belongs to this process: it stops when `stop` is called, and when this process dies. */
export interface LocalPostgres {
  readonly port: number;
  /** The superuser's connection string for one of the server's databases. */
  url(database: string): string;
  /** Makes a database where it is not there yet. */
  ensureDatabase(database: string): Promise<void>;
  /** Ends connections, writes everything to disk, and returns when the server has gone. */
  stop(): Promise<void>;
  /** Settles when the server has gone, asked or not. */
  readonly stopped: Promise<void>;
}

interface LocalPostgresOptions {
  /** Holds the cluster and its password; made where it is missing, kept when the server stops. */
  directory: string;
  /** Of 127.0.0.1; a free one where it is left out. */
  port?: number;
  /** Server settings, such as `{ fsync: 'off' }` in tests. */
  settings?: Readonly<Record<string, string>>;
  /** Receives each line of the server's log. */
  onLog?: (line: string) => void;
}

/** So often another port is tried where somebody took the one that was free. */
const mostPorts = 5;
const startTimeoutMilliseconds = 60_000;
const stopTimeoutMilliseconds = 20_000;

/**
 * Starts a real Postgres from npm's binaries on 127.0.0.1, with its data in `directory`.
 * Started by root, it runs as the user `postgres`, which is made where it is missing.
 *
 * @param findPort - is asked where the options name no port, and again where its answer is in use by then
 * @throws Error with a sentence for the operator, and the end of the server's own log, where it does not come up.
 */
export async function startLocalPostgres(
  options: LocalPostgresOptions,
  findPort: () => Promise<number> = findFreePort,
): Promise<LocalPostgres> {
  const directory = resolve(options.directory);
  const binaries = await findBinaries();
  await mkdir(directory, { recursive: true });
  const launch = await prepareLaunch([dirname(binaries.postgres), directory]);
  const password = await readOrMakePassword(join(directory, 'password'));
  const dataDirectory = join(directory, 'data');
  if (!existsSync(dataDirectory)) {
    await makeCluster(binaries, launch, dataDirectory, join(directory, 'password'));
  }
  const startAt = async (port: number): Promise<LocalPostgres> => {
    const child = spawnServer(binaries, launch, dataDirectory, port, options.settings ?? {});
    const stopped = new Promise<void>((done) => child.once('exit', () => done()));
    await waitUntilReady(child, options.onLog ?? (() => {}));
    const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
    return {
      port,
      url,
      ensureDatabase: (database) => ensureDatabase(url('postgres'), database),
      stop: () => stopServer(child, stopped),
      stopped,
    };
  };
  return options.port === undefined ? await startAtAny(findPort, startAt) : await startAt(options.port);
}

/** Between the look and the start somebody else may have taken the port. */
async function startAtAny<T>(findPort: () => Promise<number>, startAt: (port: number) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startAt(await findPort());
    } catch (error) {
      // Postgres' own words, which are English by `LC_ALL`.
      const isTaken = error instanceof Error && error.message.includes('could not create any TCP/IP sockets');
      if (!isTaken || tries === mostPorts) throw error;
    }
  }
}

/** The cluster appears under its name only when initdb has finished: an interrupted one is made again. */
async function makeCluster(binaries: PostgresBinaries, launch: Launch, dataDirectory: string, passwordFile: string) {
  const unfinished = `${dataDirectory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await giveToPostgresUser(launch, unfinished);
  await giveToPostgresUser(launch, passwordFile);
  const initdb = [
    binaries.initdb,
    `--pgdata=${unfinished}`,
    '--auth=scram-sha-256',
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
  ];
  const child = spawn(...launch.command(initdb), { stdio: ['ignore', 'pipe', 'pipe'], env: launch.environment });
  const output = collectTail(child);
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  if (code !== 0) throw new Error(`Postgres could not make its data folder ${dataDirectory}: ${output().trim()}`);
  await rename(unfinished, dataDirectory);
}

function spawnServer(
  binaries: PostgresBinaries,
  launch: Launch,
  dataDirectory: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const postgres = [binaries.postgres, '-D', dataDirectory, '-p', String(port), ...flags];
  // A process group of its own: Ctrl-C on the terminal reaches only us, and we stop the server last.
  return spawn(...launch.command(postgres), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: launch.environment,
    detached: true,
  });
}

async function waitUntilReady(child: ChildProcess, onLog: (line: string) => void): Promise<void> {
  const output = collectTail(child);
  await new Promise<void>((ready, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`Postgres was not ready after ${startTimeoutMilliseconds / 1000} s: ${output().trim()}`));
    }, startTimeoutMilliseconds);
    child.once('error', fail);
    // Not `exit`, which may come before the last of what it said.
    child.once('close', () => {
      clearTimeout(timer);
      fail(new Error(`Postgres did not start: ${output().trim()}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      for (const line of text.split('\n')) if (line.trim() !== '') onLog(line);
      if (!text.includes('ready to accept connections')) return;
      clearTimeout(timer);
      ready();
    });
  });
}

/** SIGINT is Postgres' fast shutdown: open transactions are rolled back, all else is written. */
async function stopServer(child: ChildProcess, stopped: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), stopTimeoutMilliseconds);
  await stopped;
  clearTimeout(timer);
}

async function ensureDatabase(maintenanceUrl: string, database: string): Promise<void> {
  const client = new Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

async function readOrMakePassword(path: string): Promise<string> {
  if (!existsSync(path)) {
    await writeFile(`${path}.unfinished`, randomBytes(24).toString('hex'), { mode: 0o600 });
    await rename(`${path}.unfinished`, path);
  }
  return (await readFile(path, 'utf8')).trim();
}

/** Keeps the last lines of a process's output, for the sentence that says why it failed. */
function collectTail(child: ChildProcess): () => string {
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-2000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => tail;
}
