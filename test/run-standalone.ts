import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@holdout/local-postgres';
import { repository } from './repository.js';

/** An `npm start` of its own, seen from outside: what it prints, its address, its processes. */
export interface Standalone {
  readonly address: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Waits until it has printed something that matches. */
  printed(pattern: RegExp, timeoutSeconds: number): Promise<RegExpMatchArray>;
  /** Ctrl-C, and waits for the end. Returns the exit code. */
  interrupt(): Promise<number | null>;
}

interface StartOptions {
  dataDirectory: string;
  port?: number;
  /** A backup to begin with. */
  restore?: string;
  environment?: NodeJS.ProcessEnv;
}

export async function startStandalone(options: StartOptions): Promise<Standalone> {
  const port = options.port ?? (await findFreePort());
  const argv = ['apps/standalone/bin/start.mjs', '--port', String(port), '--data', options.dataDirectory];
  if (options.restore !== undefined) argv.push('--restore', options.restore);
  const child = spawn(process.execPath, argv, {
    cwd: repository,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    dataDirectory: options.dataDirectory,
    process: child,
    output: () => output,
    async printed(pattern, timeoutSeconds) {
      const deadline = Date.now() + timeoutSeconds * 1000;
      for (;;) {
        const match = output.match(pattern);
        if (match) return match;
        if (child.exitCode !== null || Date.now() > deadline) {
          throw new Error(`npm start did not print ${pattern} within ${timeoutSeconds} s. It printed:\n${output}`);
        }
        await sleep(100);
      }
    },
    async interrupt() {
      child.kill('SIGINT');
      return await ended;
    },
  };
}

export async function makeDataDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'holdout-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
