import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '@holdout/local-postgres';

const run = promisify(execFile);

/** Debian's Redis, of the test's own, with its data in a folder that is removed again. */
export interface OwnRedis {
  /** As `REDIS_URL` takes it. */
  readonly url: string;
  countKeys(pattern: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<OwnRedis> {
  const port = await findFreePort();
  const { countKeys, stop } = await startServers([port], () => []);
  return { url: `redis://127.0.0.1:${port}`, countKeys, stop };
}

/** Three masters that share all slots. */
export async function startRedisCluster(): Promise<OwnRedis> {
  const first = await findFreePort({ inARow: 6 });
  const ports = [first, first + 1, first + 2];
  const { countKeys, stop } = await startServers(ports, (port) => [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(port + ports.length)],
  ]);
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  for (const port of ports) while (!(await ask(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(50);
  return { url: `redis+cluster://${nodes.join()}`, countKeys, stop };
}

async function startServers(ports: readonly number[], settings: (port: number) => string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-redis-'));
  const servers = await Promise.all(
    ports.map(async (port) => {
      const directory = join(folder, String(port));
      await mkdir(directory);
      const argv = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
      return await startServer([...argv, ...settings(port)]);
    }),
  );
  return {
    async countKeys(pattern: string): Promise<number> {
      const answers = await Promise.all(ports.map((port) => ask(port, '--scan', '--pattern', pattern)));
      return answers.flatMap((keys) => keys.split('\n')).filter((line) => line !== '').length;
    },
    async stop(): Promise<void> {
      await Promise.all(
        servers.map(async (server) => {
          server.kill('SIGTERM');
          if (server.exitCode === null) await once(server, 'exit');
        }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(argv: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of server.stdout) {
    output += chunk;
    if (output.includes('Ready to accept connections')) break;
  }
  return server;
}

async function ask(port: number, ...words: string[]): Promise<string> {
  return (await run('redis-cli', ['-p', String(port), ...words])).stdout;
}
