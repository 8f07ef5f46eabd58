import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@holdout/local-postgres';
import { startRedisServer } from './start-redis-server.js';

/** A real Redis for one test file. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** It answers nothing more, and its connections stay open, as those of a machine that lost its power. */
  freeze(): void;
  stop(): Promise<void>;
}

/** Starts one on a free port. It writes nothing to its folder. */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-redis-'));
  const port = await findFreePort();
  const server = await startRedisServer(directory, { port: String(port), appendonly: 'no' });
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    freeze: () => server.signal('SIGSTOP'),
    async stop() {
      server.signal('SIGKILL');
      await server.ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
