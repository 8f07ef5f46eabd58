import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@holdout/local-postgres';
import { Redis } from 'ioredis';

/** A real Redis for one test file. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts Debian's redis-server on a free port, where it is asked for as a cluster of one node. It ends with this process, however that ends (`--pdeathsig`), and
 * writes nothing to its folder.
 *
 * @throws Error where redis-server is not installed: these tests are never skipped
 */
export async function startTestRedis({ isCluster = false } = {}): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-redis-'));
  const port = await findFreePort({ inARow: 2 });
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'no',
    ...(isCluster ? clusterSettings(port + 1) : []),
  ];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'redis-server', ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  await new Promise<void>((ready, fail) => {
    child.once('error', fail);
    child.once('close', () => fail(new Error(`redis-server did not start (apt-get install redis-server): ${output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Ready to accept connections')) ready();
    });
  });
  if (isCluster) await takeAllSlots(port);
  return {
    port,
    url: `redis${isCluster ? '+cluster' : ''}://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL');
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A node that is alone knows no address of its own, and its second port would else be one that there may be none of. */
function clusterSettings(port: number): string[] {
  return ['--cluster-enabled', 'yes', '--cluster-port', String(port), '--cluster-announce-ip', '127.0.0.1'];
}

async function takeAllSlots(port: number): Promise<void> {
  const client = new Redis(port, '127.0.0.1');
  try {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(50);
  } finally {
    client.disconnect();
  }
}
