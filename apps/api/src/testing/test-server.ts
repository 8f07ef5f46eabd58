import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Database, migrateDatabase, openDatabase } from '@holdout/db';
import { startTestPostgres } from '@holdout/db/testing';
import { findFreePort } from '@holdout/local-postgres';
import { createQueue, prepareQueue, type Queue, type RedisClient } from '@holdout/queue';
import { createDiskStorage, type Storage } from '@holdout/storage';
import { pino } from 'pino';
import type { AccountSettings } from '../accounts/account-settings.js';
import { type AppParts, buildApp } from '../app.js';
import { ChangeFeed } from '../change-feed.js';
import { readConfig } from '../config.js';
import type { RateLimits } from '../rate-limits.js';

/** A server that really listens, over a real Postgres, a real queue on it and real files. */
export interface TestServer {
  readonly url: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly storage: Storage;
  readonly storageDirectory: string;
  readonly queue: Queue;
  readonly changes: ChangeFeed;
  readonly accounts: AccountSettings;
  readonly rateLimits: RateLimits;
  readonly trustedProxies: AppParts['trustedProxies'];
  readonly redis: RedisClient | null;
  readonly pagesDirectory: string;
  readonly scratchDirectory: string;
  /** Every line that was logged, at the level `debug`. */
  readonly logLines: string[];
  /** Sends a request; `token` becomes the bearer token. */
  request(path: string, options?: RequestInit & { token?: string }): Promise<Response>;
  /** Ends the database under the running server. */
  stopPostgres(): Promise<void>;
  close(): Promise<void>;
}

interface TestOptions {
  heartbeatSeconds?: number;
  uploadSilenceSeconds?: number;
  uploadRoundSeconds?: number;
  /** Another queue than one on the server's own Postgres; its maker closes it. */
  queue?: Queue;
  /** Where limits are counted; its maker closes it. */
  redis?: RedisClient;
  /** How it is watched. */
  watched?: AppParts['watched'];
  /** Further variables of the environment: how people sign in. */
  environment?: Record<string, string>;
  /** Fills an empty database as an earlier release left it; it is migrated then. */
  fillEarlier?: (databaseUrl: string) => Promise<void>;
}

export async function startTestServer(options: TestOptions = {}): Promise<TestServer> {
  const postgres = await startTestPostgres();
  const { fillEarlier } = options;
  const { ownerUrl } = fillEarlier
    ? await createMigrated(await postgres.createEmptyDatabase(), fillEarlier)
    : await postgres.createDatabase();
  await prepareQueue({ postgresUrl: ownerUrl, roles: [] });
  const storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  const storage = await createDiskStorage({ directory: storageDirectory });
  const database = openDatabase({ url: ownerUrl, applicationName: 'holdout-api' });
  const queue = options.queue ?? (await createQueue({ postgresUrl: ownerUrl }));
  const changes = await ChangeFeed.open(ownerUrl);
  const logLines: string[] = [];
  const logger = pino({ level: 'debug' }, keepLines(logLines));
  const port = await findFreePort();
  const { pagesDirectory, scratchDirectory, accounts, rateLimits, trustedProxies } = readConfig({
    HOLDOUT_DATABASE_URL: ownerUrl,
    HOLDOUT_STORAGE_DIRECTORY: storageDirectory,
    HOLDOUT_PORT: String(port),
    HOLDOUT_AUTH_SECRET: 'a secret of the tests, of some length',
    ...options.environment,
  });
  const { heartbeatSeconds = 15, uploadSilenceSeconds = 120, uploadRoundSeconds = 60 } = options;
  const patience = { heartbeatSeconds, uploadSilenceSeconds, uploadRoundSeconds };
  const uploadsDirectory = join(storageDirectory, 'uploads');
  const settings = {
    pagesDirectory,
    scratchDirectory,
    uploadsDirectory,
    accounts,
    rateLimits,
    trustedProxies,
    ...patience,
  };
  const { redis = null, watched } = options;
  const watching = watched ? { watched } : {};
  const app = await buildApp({ database, storage, queue, changes, logger, redis, ...settings, ...watching });
  const url = await app.listen({ host: '127.0.0.1', port });
  let stopping: Promise<void> | undefined;
  const stopPostgres = () => {
    stopping ??= postgres.stop();
    return stopping;
  };
  return {
    url,
    database,
    databaseUrl: ownerUrl,
    storage,
    storageDirectory,
    queue,
    changes,
    accounts,
    rateLimits,
    trustedProxies,
    redis,
    pagesDirectory,
    scratchDirectory,
    logLines,
    request: (path, { token, headers, ...options } = {}) =>
      fetch(`${url}${path}`, {
        ...options,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...Object.fromEntries(new Headers(headers)),
        },
      }),
    stopPostgres,
    async close() {
      await app.close();
      await changes.close();
      if (!options.queue) await queue.close();
      await database.close();
      await stopPostgres();
      await rm(storageDirectory, { recursive: true, force: true });
    },
  };
}

async function createMigrated(ownerUrl: string, fill: (databaseUrl: string) => Promise<void>) {
  await fill(ownerUrl);
  await migrateDatabase({ url: ownerUrl, evaluatorPassword: 'x' });
  return { ownerUrl };
}

function keepLines(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
