import { rename } from 'node:fs/promises';
import { healthSchema } from '@holdout/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const readHealth = async () => {
  const response = await server.request('/api/health');
  return { status: response.status, health: healthSchema.parse(await response.json()) };
};

describe('health', () => {
  it('is ready while every part answers', async () => {
    const { status, health } = await readHealth();
    expect(status).toBe(200);
    const ok = { ok: true };
    expect(health).toEqual({ live: true, ready: true, parts: { database: ok, queue: ok, storage: ok } });
  });

  it('answers 503 and names the storage while its folder is gone, without saying where it was', async () => {
    await rename(server.storageDirectory, `${server.storageDirectory}-gone`);
    const { status, health } = await readHealth();
    await rename(`${server.storageDirectory}-gone`, server.storageDirectory);
    expect(status).toBe(503);
    expect(health.ready).toBe(false);
    expect(health.parts.storage).toEqual({ ok: false, message: 'The storage can’t be reached.' });
    expect(server.logLines.join('')).toContain('ENOENT');
    expect((await readHealth()).status).toBe(200);
  });

  it('answers 503 and still lives when the database is gone', async () => {
    await server.stopPostgres();
    const { status, health } = await readHealth();
    expect(status).toBe(503);
    expect(health.parts.database).toEqual({ ok: false, message: 'The database can’t be reached.' });
    expect(health.parts.queue.ok).toBe(false);
    expect(health.parts.storage.ok).toBe(true);
    const live = await server.request('/api/health/live');
    expect(live.status).toBe(200);
    expect(await live.json()).toEqual({ live: true });
  });

  it('answers other requests with the catalogue’s word for it, and the cause only in the log', async () => {
    const response = await server.request('/api/competitions');
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(JSON.parse(text).code).toBe('database_unavailable');
    expect(text).not.toMatch(/ECONN|127\.0\.0\.1|terminat/);
    expect(server.logLines.join('')).toMatch(/ECONNREFUSED|terminat/);
  });
});
