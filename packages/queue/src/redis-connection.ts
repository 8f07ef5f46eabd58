import { Queue as BullQueue, Worker as BullWorker } from 'bullmq';
import type { Connection } from './connection.js';
import { makeRedisClient, type RedisClient } from './redis-client.js';

/** What all of its keys begin with; the braces keep them on one node of a cluster, where scripts need them. */
const prefix = '{holdout}';

/** BullMQ on Redis. */
export function connectRedis(redisUrl: string): Connection {
  // Not for blocking commands: a command fails at once while Redis is away, instead of waiting for its return.
  const producer = makeRedisClient(redisUrl, {
    ...{ enableOfflineQueue: false, lazyConnect: true, maxRetriesPerRequest: null },
  });
  const workers = new Set<RedisClient>();
  return {
    async openQueue(name) {
      await ensureConnected(producer);
      const queue = new BullQueue(name, { connection: producer, prefix });
      queue.on('error', () => {});
      await queue.waitUntilReady();
      return queue;
    },
    makeWorker(name, process, options) {
      const client = makeRedisClient(redisUrl, { maxRetriesPerRequest: null });
      workers.add(client);
      const worker = new BullWorker(name, process, { ...options, connection: client, prefix });
      // BullMQ leaves open what it was given.
      worker.on('closed', () => {
        workers.delete(client);
        client.disconnect();
      });
      return worker;
    },
    async ping() {
      await ensureConnected(producer);
      // Of the node that holds the queues, which a PING need not be sent to.
      await producer.exists(prefix);
    },
    async close() {
      for (const client of [producer, ...workers]) client.disconnect();
    },
  };
}

/** Connects where nobody tried yet, else waits for the outcome of the attempt that is under way. */
async function ensureConnected(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  // What it promises is not waited for: of a cluster that says it has failed, that never ends.
  if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => {});
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
