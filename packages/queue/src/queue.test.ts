import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { prepareQueue } from './create-queue.js';
import { describeQueue } from './queue-behaviour.js';
import { startTestRedis, type TestRedis } from './testing/test-redis.js';

let redis: TestRedis;
let cluster: TestRedis;
let postgres: TestPostgres;
beforeAll(async () => {
  const starting = [startTestRedis(), startTestRedis({ isCluster: true }), startTestPostgres()] as const;
  [redis, cluster, postgres] = await Promise.all(starting);
});
afterAll(async () => {
  await Promise.all([redis?.stop(), cluster?.stop(), postgres?.stop()]);
});

describeQueue('Redis', async () => {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  return { port: redis.port, options: (port) => ({ redisUrl: `redis://127.0.0.1:${port}` }) };
});

// Of one node, which is told to call itself by the gate's port; that all keys of a script are in one slot it demands as well.
describeQueue('a Redis Cluster', async () => {
  const client = new Redis(cluster.port);
  await client.flushall();
  client.disconnect();
  const options = async (port: number) => {
    const announcing = new Redis(cluster.port);
    await announcing.call('CONFIG', 'SET', 'cluster-announce-port', String(port));
    announcing.disconnect();
    return { redisUrl: `redis+cluster://127.0.0.1:${port}` };
  };
  return { port: cluster.port, options };
});

// As the evaluating worker's role: what it may do, the owner may too.
describeQueue('Postgres', async () => {
  const database = await postgres.createDatabase();
  await prepareQueue({ postgresUrl: database.ownerUrl, roles: ['holdout_evaluator'] });
  const url = new URL(database.evaluatorUrl);
  const options = (port: number) => {
    const through = new URL(url);
    through.port = String(port);
    return { postgresUrl: through.href };
  };
  return { port: Number(url.port), options };
});
