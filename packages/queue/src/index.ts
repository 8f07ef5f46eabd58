export { createQueue, prepareQueue } from './create-queue.js';
export type { JobHandler, Queue, QueueWorker, WorkOptions } from './queue.js';
export { isRedisAddress } from './redis-address.js';
export { makeRedisClient, type RedisClient } from './redis-client.js';
