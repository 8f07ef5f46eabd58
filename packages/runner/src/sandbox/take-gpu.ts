import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '@holdout/contracts';

export interface TakenGpu {
  release(): void;
}

/** Shared by all workers of a machine. */
const machineLock = join(tmpdir(), 'holdout-gpu.lock');

/**
 * Waits until no other evaluation of this machine uses its GPUs. They are given back by `release`, or by the kernel when
 * this process ends, however it ends.
 *
 * @param lockFile - whose lock says it; made where it is not there
 * @throws HoldoutError `sandbox_unavailable` where there is no such file and none can be made; the reason of `signal`
 */
export async function takeGpu(signal?: AbortSignal, lockFile = machineLock): Promise<TakenGpu> {
  signal?.throwIfAborted();
  // It holds the lock for as long as its input is open, which is no longer than we are there.
  const holder = spawn('flock', [lockFile, '/bin/sh', '-c', 'echo taken; read -r _'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let words = '';
  holder.stderr.on('data', (chunk: Buffer) => {
    words += String(chunk);
  });
  holder.stdin.on('error', () => {});
  const release = () => {
    // Where it still waits there is nothing that it could be told.
    if (holder.pid !== undefined) tryKill(-holder.pid);
  };
  signal?.addEventListener('abort', release, { once: true });
  try {
    await new Promise<void>((done, fail) => {
      holder.stdout.once('data', () => done());
      holder.once('error', fail);
      holder.once('exit', () => fail(new Error(words.trim() || 'flock ended early')));
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new HoldoutError('sandbox_unavailable', { cause });
  } finally {
    signal?.removeEventListener('abort', release);
  }
  return { release };
}

function tryKill(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
