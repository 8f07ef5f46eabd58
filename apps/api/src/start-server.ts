import { join } from 'node:path';
import { openDatabase } from '@holdout/db';
import { createQueue } from '@holdout/queue';
import { openStorage } from '@holdout/storage';
import { startTelemetry } from '@holdout/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import { startForgetting } from './accounts/forget-expired.js';
import { buildApp } from './app.js';
import { ChangeFeed } from './change-feed.js';
import type { Config } from './config.js';
import { connectForLimits } from './connect-for-limits.js';

interface RunningServer {
  /** The address that it listens on, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Where its metrics are, on a port of their own; null where they are not served. */
  readonly metricsUrl: string | null;
  /** Lets open requests end, then closes every part. */
  stop(): Promise<void>;
}

/**
 * Opens what the configuration names and listens.
 *
 * @throws Error with a sentence for the operator, such as where the port is in use.
 */
export async function startServer(config: Config, logger: FastifyBaseLogger): Promise<RunningServer> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    const telemetry = await startTelemetry('holdout-api', config.telemetry);
    closers.push(() => telemetry.close());
    if (telemetry.metricsUrl) logger.info({ url: telemetry.metricsUrl }, 'metrics are served');
    const database = openDatabase({ url: config.databaseUrl, applicationName: 'holdout-api' });
    closers.push(() => database.close());
    const storage = await openStorage(config.storage);
    const queue = await createQueue({
      ...(config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.databaseUrl }),
    });
    closers.push(() => queue.close());
    const changes = await ChangeFeed.open(config.databaseUrl);
    closers.push(() => changes.close());
    const redis = config.redisUrl ? connectForLimits(config.redisUrl, logger) : null;
    if (redis) closers.push(async () => redis.disconnect());
    const { pagesDirectory, scratchDirectory, accounts, rateLimits, trustedProxies } = config;
    const uploads = { uploadsDirectory: join(config.storage.directory, 'uploads'), uploadsBucket: config.storage.s3 };
    const settings = { pagesDirectory, scratchDirectory, ...uploads, accounts, rateLimits, trustedProxies };
    const watched = { registry: telemetry.registry, traces: config.telemetry.traces };
    const app = await buildApp({ database, storage, queue, changes, logger, redis, watched, ...settings });
    closers.push(() => app.close());
    const url = await app.listen({ host: config.host, port: config.port });
    closers.push(startForgetting(database, logger));
    return { url, metricsUrl: telemetry.metricsUrl, stop };
  } catch (error) {
    await stop();
    throw describeStartFailure(error, config);
  }
}

function describeStartFailure(error: unknown, { host, port }: Config): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new Error(`Port ${port} of ${host} is in use. Stop what uses it, or choose another by HOLDOUT_PORT.`);
  }
  if (error.code === 'EACCES') {
    return new Error(`Port ${port} of ${host} may not be used. Choose one above 1023 by HOLDOUT_PORT.`);
  }
  return error;
}
