import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const command = fileURLToPath(new URL('../../../cli/bin/holdout.js', import.meta.url));

interface CommandOptions {
  cwd?: string;
  server: string;
  token?: string;
  /** Where logins are kept. */
  home?: string;
  /** Kills it, as a power cut does. */
  killedBy?: AbortSignal;
}

/** Runs the real `holdout` against a server of the tests. */
export async function runCommand(
  argv: readonly string[],
  { cwd, server, token = '', home = '/nonexistent', killedBy }: CommandOptions,
) {
  const env = { PATH: process.env.PATH ?? '', HOME: home, HOLDOUT_SERVER: server, HOLDOUT_TOKEN: token };
  const running = promisify(execFile)(process.execPath, [command, ...argv], { cwd, env });
  killedBy?.addEventListener('abort', () => running.child.kill('SIGKILL'));
  return await running.then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ exitCode: Number(code), stdout: String(stdout), stderr: String(stderr) }),
  );
}
