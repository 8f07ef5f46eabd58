import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@holdout/db';
import { seedPhase, seedSubmission, startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { prepareDatabase } from '../provision/prepare-database.js';
import { startServer } from '../start-server.js';

let postgres: TestPostgres;
let databaseUrl: string;
let storageDirectory: string;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createEmptyDatabase();
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

it('tells what waits for a CPU from what waits for a GPU', async () => {
  const database = openDatabase({ url: databaseUrl, applicationName: 'test-seed' });
  for (const hardware of ['cpu', 'gpu'] as const) {
    const phase = await seedPhase(database);
    await database.updateTable('phases').set({ hardware }).where('id', '=', phase.phaseId).execute();
    await seedSubmission(database, phase);
    if (hardware === 'cpu') await seedSubmission(database, phase, 'another model');
  }
  await database.close();
  const label = (hardware: string) => `{kind="evaluating",class="${hardware}"}`;
  // What was read for a scrape before serves others for some seconds.
  await expect.poll(scrape, { timeout: 30_000, interval: 500 }).toContain(`holdout_queue_waiting${label('gpu')} 1`);
  const metrics = await scrape();
  expect(metrics).toContain(`holdout_queue_waiting${label('cpu')} 2`);
  expect(metrics).toContain(`holdout_queue_workers${label('cpu')} 0`);
  expect(metrics).toContain(`holdout_queue_workers${label('gpu')} 0`);
  for (const hardware of ['cpu', 'gpu']) {
    expect(metrics).toMatch(new RegExp(`holdout_queue_oldest_seconds\\${label(hardware)} [0-9.]*[1-9]`));
  }
});

it('says what waits and who works, and goes on saying the rest where the database is away', async () => {
  const well = await scrape();
  expect(well).toContain('holdout_part_up{part="database"} 1');
  expect(well).toContain('holdout_queue_waiting{kind="scoring",class=""} 0');
  expect(well).toContain('holdout_workers{kind="scoring",mode="working"} 0');
  await postgres.stop();
  await expect.poll(scrape, { timeout: 30_000, interval: 500 }).toContain('holdout_part_up{part="database"} 0');
  expect(await scrape()).toContain('holdout_http_request_seconds_count');
  expect(await scrape()).not.toContain('holdout_queue_waiting{');
});
