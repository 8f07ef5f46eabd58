import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '@holdout/local-postgres';
import pg from 'pg';
import { evaluatorUrl } from '../evaluator-role.js';
import { migrateDatabase } from '../migrate-database.js';

/** A real Postgres for one test file. */
export interface TestPostgres {
  /** A fresh database with every migration applied, in about a tenth of a second. */
  createDatabase(): Promise<TestDatabase>;
  /** A fresh database with nothing in it; its owner's connection string. */
  createEmptyDatabase(): Promise<string>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface TestDatabase {
  ownerUrl: string;
  /** As the evaluating worker's role. */
  evaluatorUrl: string;
}

const evaluatorPassword = "it's a secret";

/**
 * Starts a Postgres with its data in a temporary folder; call `stop` in `afterAll`. When the test's process is
 * killed instead, the server ends with it and the folder is removed too.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-postgres-'));
  removeWhenWeEnd(directory);
  const server = await startLocalPostgres({
    directory,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '16MB' },
  });
  const admin = new pg.Pool({ connectionString: server.url('postgres'), max: 1 });
  admin.on('error', () => {});
  let template: Promise<string> | undefined;

  const createDatabase = async (options = '') => {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    await admin.query(`CREATE DATABASE ${name} ${options}`);
    return name;
  };
  const makeTemplate = async () => {
    const name = await createDatabase();
    await migrateDatabase({ url: server.url(name), evaluatorPassword });
    return name;
  };

  return {
    async createDatabase() {
      template ??= makeTemplate();
      const ownerUrl = server.url(await createDatabase(`TEMPLATE ${await template}`));
      return { ownerUrl, evaluatorUrl: evaluatorUrl(ownerUrl, evaluatorPassword) };
    },
    async createEmptyDatabase() {
      return server.url(await createDatabase());
    },
    async stop() {
      await admin.end();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * A shell that waits on a pipe from us: it closes when we end, however we end. The server is ending then too, and may
 * still write, so the folder is removed twice.
 */
function removeWhenWeEnd(directory: string): void {
  const watcher = spawn('/bin/sh', ['-c', 'cat > /dev/null; rm -rf "$0"; sleep 2; rm -rf "$0"', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  if (watcher.stdin && 'unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref();
}
