import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { prepareQueue } from './create-queue.js';
import { describeQueue } from './queue-behaviour.js';
import { openGate } from './testing/gate.js';
import { startTestRedis, type TestRedis } from './testing/test-redis.js';
import { startTestRedisCluster, type TestRedisCluster } from './testing/test-redis-cluster.js';

let redis: TestRedis;
let cluster: TestRedisCluster;
let postgres: TestPostgres;
beforeAll(async () => {
  [redis, cluster, postgres] = await Promise.all([startTestRedis(), startTestRedisCluster(), startTestPostgres()]);
});
afterAll(async () => {
  await Promise.all([redis?.stop(), cluster?.stop(), postgres?.stop()]);
});

describeQueue('Redis', async () => {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  const gate = await openGate(redis.port);
  return { gate, options: { redisUrl: `redis://127.0.0.1:${gate.port}` } };
});

describeQueue('a Redis Cluster', async () => {
  await cluster.gate.restore();
  for (const { client } of await cluster.findMasters()) await client.flushall();
  return { gate: cluster.gate, options: { redisUrl: cluster.url } };
});

// As the evaluating worker's role: what it may do, the owner may too.
describeQueue('Postgres', async () => {
  const database = await postgres.createDatabase();
  await prepareQueue({ postgresUrl: database.ownerUrl, roles: ['holdout_evaluator'] });
  const url = new URL(database.evaluatorUrl);
  const gate = await openGate(Number(url.port));
  url.port = String(gate.port);
  return { gate, options: { postgresUrl: url.href } };
});
