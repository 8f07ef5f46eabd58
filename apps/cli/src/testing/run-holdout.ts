import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../bin/holdout.js', import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  cwd?: string;
  environment?: Record<string, string>;
  /** Called with all of standard error each time something is added to it. */
  onStderr?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the command as a person would, without anything of the tests' own environment but the path. */
export function runHoldout(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [command, ...argv], {
    cwd: options.cwd,
    // No home: what a person’s own login kept must not be used here.
    env: { PATH, HOME: '/nonexistent', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
    options.onStderr?.(text.stderr, (signal) => child.kill(signal));
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => done({ exitCode, ...text }));
  });
}
