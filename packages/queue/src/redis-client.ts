import { Cluster, Redis } from 'ioredis';
import { connectTimeoutMilliseconds } from './connection.js';

/** One Redis, or all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

interface ClientOptions {
  enableOfflineQueue?: boolean;
  lazyConnect?: boolean;
  /** Null, which BullMQ demands: how long to wait is decided above it. */
  maxRetriesPerRequest: number | null;
}

const defaultPort = 6379;

/** Addresses of a Redis: `redis://`, and `redis+cluster://` of any node of a cluster, which names the others; with TLS `rediss…`. */
export const redisProtocol = /^rediss?(\+cluster)?$/;

/**
 * A client that reconnects by itself; nothing is thrown while Redis is away.
 *
 * @param address - as `redisProtocol` says, with user and password where they are needed
 */
export function makeRedisClient(address: string, options: ClientOptions): RedisClient {
  const client = address.includes('+cluster://') ? makeCluster(address, options) : makeRedis(address, options);
  // It reconnects by itself; unheard, the error would be printed.
  client.on('error', () => {});
  return client;
}

function makeRedis(address: string, options: ClientOptions): Redis {
  return new Redis(address, { ...options, connectTimeout: connectTimeoutMilliseconds, retryStrategy: waitLonger });
}

function makeCluster(address: string, { maxRetriesPerRequest, ...options }: ClientOptions): Cluster {
  const { protocol, hostname, port, username, password } = new URL(address);
  const isSecret = protocol.startsWith('rediss');
  return new Cluster([{ host: hostname, port: Number(port || defaultPort) }], {
    ...options,
    clusterRetryStrategy: waitLonger,
    // A certificate is for a name, so names are not made addresses of.
    ...(isSecret ? { dnsLookup: (name, found) => found(null, name) } : {}),
    redisOptions: {
      maxRetriesPerRequest,
      connectTimeout: connectTimeoutMilliseconds,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(isSecret ? { tls: {} } : {}),
    },
  });
}

function waitLonger(times: number): number {
  return Math.min(100 * times, 2_000);
}
