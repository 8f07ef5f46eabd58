export { createQueue, prepareQueue } from './create-queue.js';
export type { JobHandler, Queue, QueueWorker, WorkOptions } from './queue.js';
export { makeRedisClient, type RedisClient, redisProtocol } from './redis-client.js';
