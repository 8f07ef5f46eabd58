import { Cluster, Redis } from 'ioredis';
import { connectTimeoutMilliseconds } from './connection.js';
import { type RedisAddress, readRedisAddress } from './redis-address.js';

/** One Redis, or all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

interface ClientOptions {
  enableOfflineQueue?: boolean;
  lazyConnect?: boolean;
  /** Null, which BullMQ demands: how long to wait is decided above it. */
  maxRetriesPerRequest: number | null;
  /** How long one command may wait for its answer, with all that is tried again for it. */
  commandTimeoutMilliseconds?: number;
}

/**
 * A machine that went away says nothing, and commands would wait for it until TCP gives up, a quarter of an hour later. So
 * the other nodes are asked again and again which of them are left.
 */
const askForNodesMilliseconds = 5_000;

/**
 * A client that reconnects by itself; nothing is thrown while Redis is away.
 *
 * @param address - as `readRedisAddress` reads it
 */
export function makeRedisClient(address: string, options: ClientOptions): RedisClient {
  const read = readRedisAddress(address);
  const client = read.isCluster ? makeCluster(read, options) : makeRedis(address, options);
  // It reconnects by itself; unheard, the error would be printed.
  client.on('error', () => {});
  return client;
}

function makeRedis(address: string, { commandTimeoutMilliseconds, ...options }: ClientOptions): Redis {
  return new Redis(address, { ...options, ...timeLimits(commandTimeoutMilliseconds), retryStrategy: waitLonger });
}

function makeCluster({ nodes, isSecret, username, password }: RedisAddress, options: ClientOptions): Cluster {
  const { maxRetriesPerRequest, commandTimeoutMilliseconds, ...more } = options;
  return new Cluster([...nodes], {
    ...more,
    clusterRetryStrategy: waitLonger,
    slotsRefreshInterval: askForNodesMilliseconds,
    // A certificate is for a name, so names are not made addresses of.
    ...(isSecret ? { dnsLookup: (name, found) => found(null, name) } : {}),
    redisOptions: {
      maxRetriesPerRequest,
      ...timeLimits(commandTimeoutMilliseconds),
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(isSecret ? { tls: {} } : {}),
    },
  });
}

function timeLimits(commandTimeout: number | undefined) {
  return { connectTimeout: connectTimeoutMilliseconds, ...(commandTimeout ? { commandTimeout } : {}) };
}

function waitLonger(times: number): number {
  return Math.min(100 * times, 2_000);
}
