import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { prepareDatabase } from '../provision/prepare-database.js';
import { startServer } from '../start-server.js';

let postgres: TestPostgres;
let storageDirectory: string;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.createEmptyDatabase();
  storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  await prepareDatabase({ databaseUrl, evaluatorPassword: 'secret' });
  const config = readConfig({
    HOLDOUT_PORT: '0',
    HOLDOUT_METRICS_PORT: '0',
    HOLDOUT_DATABASE_URL: databaseUrl,
    HOLDOUT_STORAGE_DIRECTORY: storageDirectory,
    HOLDOUT_AUTH_SECRET: 'a secret of the tests, of some length',
  });
  server = await startServer(config, pino({ level: 'silent' }));
});
afterAll(async () => {
  await server.stop();
  await rm(storageDirectory, { recursive: true, force: true });
});

const scrape = async () => (await fetch(server.metricsUrl ?? '')).text();

it('counts requests by route, and what came in with them', async () => {
  await fetch(`${server.url}/api/competitions/one`);
  await fetch(`${server.url}/api/competitions/another`);
  const body = Buffer.alloc(50_000);
  // Refused, and its bytes came in all the same.
  const upload = `${server.url}/api/competitions/mura/phases/practice/submissions`;
  await fetch(upload, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } });
  const metrics = await scrape();
  const labels = 'method="GET",route="/api/competitions/:competition",status="404"';
  expect(metrics).toContain(`holdout_http_request_seconds_count{${labels}} 2`);
  expect(metrics).not.toContain('another');
  const received =
    /holdout_http_received_bytes_total\{route="\/api\/competitions\/:competition\/phases\/:phase\/submissions"\} (\d+)/;
  expect(Number(received.exec(metrics)?.[1])).toBeGreaterThan(50_000);
});

it('is not to be had where people read the pages', async () => {
  const answer = await fetch(`${server.url}/metrics`, { headers: { accept: 'text/plain' } });
  expect(await answer.text()).not.toContain('holdout_part_up');
});

it('says what waits and who works, and goes on saying the rest where the database is away', async () => {
  const well = await scrape();
  expect(well).toContain('holdout_part_up{part="database"} 1');
  expect(well).toContain('holdout_queue_waiting{kind="evaluating"} 0');
  expect(well).toContain('holdout_workers{kind="scoring",mode="working"} 0');
  await postgres.stop();
  await expect.poll(scrape, { timeout: 30_000, interval: 500 }).toContain('holdout_part_up{part="database"} 0');
  expect(await scrape()).toContain('holdout_http_request_seconds_count');
  expect(await scrape()).not.toContain('holdout_queue_waiting{');
});
