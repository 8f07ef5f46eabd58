import { makeRedisClient, type RedisClient } from '@holdout/queue';
import type { FastifyBaseLogger } from 'fastify';

/** What a request waits at most for one that says nothing; then it is not counted. */
const commandTimeoutMilliseconds = 500;

/** A Redis for counting requests: counts fail soon where it is away, and are counted again when it is back. */
export function connectForLimits(redisUrl: string, logger: FastifyBaseLogger): RedisClient {
  const redis = makeRedisClient(redisUrl, {
    ...{ maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeoutMilliseconds },
  });
  redis.on('error', (error) => logger.warn({ err: error }, 'Redis can’t be reached; requests are not limited'));
  return redis;
}
