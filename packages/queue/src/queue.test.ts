import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { prepareQueue } from './create-queue.js';
import { describeQueue } from './queue-behaviour.js';
import { startTestRedis, type TestRedis } from './testing/test-redis.js';

let redis: TestRedis;
let postgres: TestPostgres;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()]);
});
afterAll(async () => {
  await Promise.all([redis?.stop(), postgres?.stop()]);
});

describeQueue('Redis', async () => {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  return { port: redis.port, options: (port) => ({ redisUrl: `redis://127.0.0.1:${port}` }) };
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
