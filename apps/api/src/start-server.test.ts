import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@holdout/db/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from './config.js';
import { createTeamWithToken } from './provision/create-token.js';
import { openProvisioning } from './provision/open-provisioning.js';
import { prepareDatabase } from './provision/prepare-database.js';
import { startServer } from './start-server.js';

let postgres: TestPostgres;
let databaseUrl: string;
let storageDirectory: string;
beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createEmptyDatabase();
  storageDirectory = await mkdtemp(join(tmpdir(), 'holdout-test-storage-'));
  await prepareDatabase({ databaseUrl, evaluatorPassword: 'secret' });
});
afterAll(async () => {
  await postgres.stop();
  await rm(storageDirectory, { recursive: true, force: true });
});

function configFor(port: number, url = databaseUrl) {
  return readConfig({
    HOLDOUT_PORT: String(port),
    HOLDOUT_DATABASE_URL: url,
    HOLDOUT_STORAGE_DIRECTORY: storageDirectory,
    HOLDOUT_AUTH_SECRET: 'a secret of the tests, of some length',
  });
}
const logger = pino({ level: 'silent' });

describe('starting the server', () => {
  it('opens all parts from the configuration and closes them again', async () => {
    const server = await startServer(configFor(0), logger);
    const health = await fetch(`${server.url}/api/health`);
    expect(health.status).toBe(200);
    await server.stop();
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow();
  });

  it('does not wait for ever for a client that stalls', async () => {
    const server = await startServer(configFor(0), logger);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve) => socket.write('POST /api/submissions/x/cancel HTTP/1.1\r\nhost: x\r\n', resolve));
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
    await server.stop();
    await closed;
  });

  it('says in a sentence that the port is in use', async () => {
    const server = await startServer(configFor(0), logger);
    const { port } = new URL(server.url);
    await expect(startServer(configFor(Number(port)), logger)).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use. Stop what uses it, or choose another by HOLDOUT_PORT.`,
    );
    await server.stop();
  });

  it('says that the database can’t be reached', async () => {
    await expect(startServer(configFor(0, 'postgres://u:p@127.0.0.1:1/h'), logger)).rejects.toThrow(
      'The database can’t be reached.',
    );
  });
});

describe('preparing and filling', () => {
  it('repeats nothing', async () => {
    await prepareDatabase({ databaseUrl, evaluatorPassword: 'secret' });
    const provisioning = await openProvisioning({ databaseUrl, storageDirectory });
    const first = await createTeamWithToken(provisioning, { team: 'Same' });
    const again = await createTeamWithToken(provisioning, { team: 'Same', token: first.token });
    expect(again).toEqual(first);
    const tokens = await provisioning.database.selectFrom('apiTokens').select('tokenSha256').execute();
    expect(tokens).toHaveLength(1);
    expect(JSON.stringify(tokens)).not.toContain(first.token);
    await provisioning.close();
  });
});
