import { Queue as BullQueue, Worker as BullWorker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Connection, connectTimeoutMilliseconds } from './connection.js';

/** BullMQ on Redis. */
export function connectRedis(redisUrl: string): Connection {
  // Not for blocking commands: a command fails at once while Redis is away, instead of waiting for its return.
  const producer = makeClient(redisUrl, { enableOfflineQueue: false, lazyConnect: true });
  const workers = new Set<Redis>();
  return {
    async openQueue(name) {
      await ensureConnected(producer);
      const queue = new BullQueue(name, { connection: producer });
      queue.on('error', () => {});
      await queue.waitUntilReady();
      return queue;
    },
    makeWorker(name, process, options) {
      const client = makeClient(redisUrl, {});
      workers.add(client);
      const worker = new BullWorker(name, process, { ...options, connection: client });
      // BullMQ leaves open what it was given.
      worker.on('closed', () => {
        workers.delete(client);
        client.disconnect();
      });
      return worker;
    },
    async ping() {
      await ensureConnected(producer);
      await producer.ping();
    },
    async close() {
      for (const client of [producer, ...workers]) client.disconnect();
    },
  };
}

function makeClient(redisUrl: string, options: { enableOfflineQueue?: boolean; lazyConnect?: boolean }): Redis {
  const client = new Redis(redisUrl, {
    ...options,
    // BullMQ demands it; how long to wait is decided above it.
    maxRetriesPerRequest: null,
    connectTimeout: connectTimeoutMilliseconds,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
  });
  // It reconnects by itself; unheard, the error would be printed.
  client.on('error', () => {});
  return client;
}

/** Connects where nobody tried yet, else waits for the outcome of the attempt that is under way. */
async function ensureConnected(client: Redis): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'wait' || client.status === 'end') return client.connect();
  await new Promise<void>((resolve, reject) => {
    const ready = () => {
      client.off('close', failed);
      resolve();
    };
    const failed = () => {
      client.off('ready', ready);
      reject(new Error('Redis does not answer.'));
    };
    client.once('ready', ready);
    client.once('close', failed);
  });
}
