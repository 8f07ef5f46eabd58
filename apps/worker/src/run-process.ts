import { join } from 'node:path';
import { type Database, openDatabase } from '@holdout/db';
import { createQueue, type Queue } from '@holdout/queue';
import { cacheBlobs, openStorage, type Storage } from '@holdout/storage';
import { startTelemetry } from '@holdout/telemetry';
import { type Logger, pino } from 'pino';
import { readConfig, type WorkerConfig } from './config.js';
import { measureGpus } from './metrics/measure-gpus.js';
import { measureWork, type WorkMeter } from './metrics/measure-work.js';

/** What both kinds of worker process have at hand. */
export interface ProcessTools {
  database: Database;
  storage: Storage;
  queue: Queue;
  config: WorkerConfig;
  log: Logger;
  meter: WorkMeter;
}

/** After the work has ended, or was handed back, this is left to say so and to close what is open. */
const farewellSeconds = 10;
/** A worker does few things at once; a hundred of them must not be more than a Postgres has room for. */
const maxConnections = 4;

/**
 * The frame of a worker process: reads the configuration, opens what is outside, starts the work, and on SIGTERM or
 * SIGINT stops the work first and closes the rest after it. A process that can't start says why and ends with 1.
 *
 * @param start - begins the work and returns the function that stops it
 */
export async function runProcess(
  name: string,
  start: (tools: ProcessTools) => Promise<() => Promise<void>>,
): Promise<void> {
  let config: WorkerConfig;
  try {
    config = readConfig(process.env);
  } catch (error) {
    giveUp(error);
  }
  const log = pino({ name, level: config.logLevel });
  const telemetry = await startTelemetry(name, config.telemetry).catch((error) => end(log, error));
  if (telemetry.metricsUrl) log.info({ url: telemetry.metricsUrl }, 'metrics are served');
  measureGpus(telemetry.registry);
  const meter = measureWork(telemetry.registry);
  const database = openDatabase({ url: config.databaseUrl, applicationName: name, maxConnections });
  const storage = await openWorkerStorage(config).catch(giveUp);
  const queue = await createQueue(
    config.redisUrl ? { redisUrl: config.redisUrl } : { postgresUrl: config.databaseUrl },
  );
  const stop = await start({ database, storage, queue, config, log, meter }).catch((error) => end(log, error));
  log.info('ready');

  const shutDown = async (signal: string) => {
    log.info({ signal }, 'stopping');
    // Where Postgres is away nothing can be handed back: the lease runs out by itself.
    setTimeout(() => process.exit(1), (config.drainSeconds + farewellSeconds) * 1000).unref();
    await stop();
    await queue.close();
    await database.close();
    await telemetry.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void shutDown(signal));
}

/** For the log, and in a sentence for an operator at a terminal. */
function end(log: Logger, error: unknown): never {
  log.fatal({ err: error }, 'the worker can’t start');
  return giveUp(error);
}

function giveUp(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

/** What lies in a bucket is fetched once for each machine. */
async function openWorkerStorage({ storage: options, cacheBytes }: WorkerConfig): Promise<Storage> {
  const storage = await openStorage(options);
  if (!options.s3 || cacheBytes === 0) return storage;
  return await cacheBlobs(storage, { directory: join(options.directory, 'cache'), limitBytes: cacheBytes });
}
