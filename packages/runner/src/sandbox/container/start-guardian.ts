import { spawn } from 'node:child_process';
import type { ContainerOptions } from './container-options.js';
import { guardian } from './container-scripts.js';
import { listEngineEnvironment, writeRemoval } from './engine-command.js';

export interface Guardian {
  /** Removes a container that has ended; when it is gone. */
  remove(): Promise<void>;
}

/** Starts what removes a container when it has ended, or when this process has, however that comes about. */
export function startGuardian({ program }: ContainerOptions, name: string): Guardian {
  const child = spawn('/bin/sh', ['-c', guardian, 'sh', ...writeRemoval(program, name)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: listEngineEnvironment(),
    cwd: '/',
    // What ends a whole group of processes must not end it.
    detached: true,
  });
  const ended = new Promise<void>((done) => {
    child.once('error', () => done());
    child.once('close', () => done());
  });
  child.stdin.on('error', () => {});
  return {
    async remove() {
      child.stdin.end('ended\n');
      await ended;
    },
  };
}
