import { spawn } from 'node:child_process';

/** Debian's redis-server, as a process of its own. */
export interface RedisServer {
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<void>;
}

/**
 * Starts one and waits until it takes connections. It ends with this process, however that ends (`--pdeathsig`).
 *
 * @throws Error where redis-server is not installed: these tests are never skipped
 */
export async function startRedisServer(directory: string, settings: Record<string, string>): Promise<RedisServer> {
  const all = { bind: '127.0.0.1', dir: directory, save: '', ...settings };
  const argv = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'redis-server', ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  await new Promise<void>((ready, fail) => {
    child.once('error', fail);
    child.once('close', () => fail(new Error(`redis-server did not start (apt-get install redis-server): ${output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Ready to accept connections')) ready();
    });
  });
  return { ended, signal: (name) => void child.kill(name) };
}
