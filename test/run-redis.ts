import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@holdout/local-postgres';

const run = promisify(execFile);

/** A Redis of the test's own: Debian's server on a free port, with its data in a folder that is removed again. */
export async function startRedis() {
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), 'holdout-redis-'));
  const argv = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const server = spawn('redis-server', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of server.stdout) {
    output += chunk;
    if (output.includes('Ready to accept connections')) break;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async countKeys(pattern: string): Promise<number> {
      const { stdout } = await run('redis-cli', ['-p', String(port), '--scan', '--pattern', pattern]);
      return stdout.split('\n').filter((line) => line !== '').length;
    },
    async stop(): Promise<void> {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
