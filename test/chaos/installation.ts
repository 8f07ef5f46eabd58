import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../repository.js';
import { type Clock, openClock } from './clock.js';
import { type CutOffRoom, openCutOffRoom } from './cut-off-room.js';
import { type KeptPostgres, keepPostgres } from './keep-postgres.js';
import { type KeptProgram, keepRunning } from './keep-running.js';

export interface Ports {
  readonly apis: readonly [number, number];
  readonly redis: number;
}

/** Holdout as one would run it on several machines: each part a process of its own, started again whenever it ends. */
export interface Installation {
  readonly addresses: readonly string[];
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  readonly scratchDirectory: string;
  readonly redisPort: number;
  readonly postgres: KeptPostgres;
  readonly redis: KeptProgram;
  readonly apis: readonly KeptProgram[];
  readonly evaluators: readonly KeptProgram[];
  readonly scorer: KeptProgram;
  readonly room: CutOffRoom;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/** Long for an idle machine and short for a busy one: what a dead worker held is free again after this. */
export const leaseSeconds = 10;

/** @param dataDirectory - what an `npm start` left, with its competition in it */
export async function startInstallation(dataDirectory: string, ports: Ports): Promise<Installation> {
  const at = (name: string) => join(dataDirectory, name);
  const secret = async (name: string) => (await readFile(at(name), 'utf8')).trim();
  const storageDirectory = at('storage');
  const scratchDirectory = at('scratch');
  await mkdir(at('redis'), { recursive: true });
  const room = await openCutOffRoom(storageDirectory);
  const clock = await openClock(at('clock'));
  const postgres = await keepPostgres(at('postgres'), at('socket'));

  const base = { PATH: process.env.PATH, HOME: process.env.HOME, HOLDOUT_LOG_LEVEL: 'info' };
  const start = (name: string, argv: readonly string[], environment: NodeJS.ProcessEnv) =>
    keepRunning({ name, argv, environment: { ...base, ...environment }, log: at(`${name}.log`) });
  const redis = start(
    'redis',
    [
      ...['redis-server', '--port', String(ports.redis), '--bind', '127.0.0.1', room.address, '--protected-mode', 'no'],
      ...['--dir', at('redis'), '--appendonly', 'yes', '--save', ''],
    ],
    {},
  );
  const owner = `postgres:${postgres.password}`;
  const evaluator = `holdout_evaluator:${await secret('evaluator-password')}`;
  const databaseUrl = `postgres://${owner}@127.0.0.1:${postgres.port}/holdout`;
  const redisAt = (host: string) => ({ REDIS_URL: `redis://${host}:${ports.redis}` });
  const near = { HOLDOUT_DATABASE_URL: databaseUrl, ...redisAt('127.0.0.1') };
  const shared = { HOLDOUT_STORAGE_DIRECTORY: storageDirectory };
  const signIn = { HOLDOUT_AUTH_SECRET: await secret('auth-secret') };
  const lease = { HOLDOUT_LEASE_SECONDS: String(leaseSeconds) };
  // Not in the scratch folder, in which nothing may be left.
  const folders = { HOLDOUT_SCRATCH_DIRECTORY: scratchDirectory, HOLDOUT_DECODED_DIRECTORY: at('decoded') };
  const worker = { ...shared, ...lease, ...folders };
  const timing = { HOLDOUT_RECONCILE_SECONDS: '2', HOLDOUT_DRAIN_SECONDS: '2', HOLDOUT_THREADS: '1' };
  const noLimits = { HOLDOUT_UPLOADS_PER_MINUTE: '0', HOLDOUT_READS_PER_MINUTE: '0' };
  const node = (program: string) => [process.execPath, join(repository, 'apps', program)];

  const startApi = (place: 0 | 1) =>
    start(`api-${place + 1}`, [...room.withMounts, ...node('api/dist/server.js')], {
      ...{ ...near, ...shared, ...signIn, ...noLimits, HOLDOUT_PORT: String(ports.apis[place]) },
      ...(place === 0 ? clock.environment : {}),
    });
  const program = node('worker/dist/evaluate.js');
  const evaluators = [
    start('evaluate-1', [...room.withMounts, ...program], {
      ...{ ...worker, ...timing, ...redisAt('127.0.0.1'), ...clock.environment },
      HOLDOUT_DATABASE_URL: `postgres://${evaluator}@127.0.0.1:${postgres.port}/holdout`,
    }),
    start('evaluate-2', [...room.withNetwork, ...program], {
      ...{ ...worker, ...timing, ...redisAt(room.address) },
      HOLDOUT_DATABASE_URL: `postgres://${evaluator}@localhost:${postgres.port}/holdout?host=${postgres.socketDirectory}`,
    }),
  ];
  const scorer = start('score', [...room.withMounts, ...node('worker/dist/score.js')], {
    ...{ ...worker, ...timing, ...near, ...clock.environment },
  });
  const apis = [startApi(0), startApi(1)];

  return {
    addresses: ports.apis.map((port) => `http://127.0.0.1:${port}`),
    ...{ databaseUrl, storageDirectory, scratchDirectory, redisPort: ports.redis },
    ...{ postgres, redis, apis, evaluators, scorer, room, clock },
    async stop() {
      await Promise.all([...evaluators, scorer, ...apis].map((each) => each.stop()));
      await redis.stop();
      await postgres.stop();
      await room.close();
    },
  };
}
