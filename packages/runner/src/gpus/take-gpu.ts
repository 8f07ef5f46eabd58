import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldoutError } from '@holdout/contracts';
import type { Gpu } from './gpu.js';

export interface TakenGpu {
  readonly gpu: Gpu;
  release(): void;
}

/**
 * Takes a GPU that no other evaluation of this machine uses: the first that is free, or whichever is given back first. It is
 * given back by `release`, or by the kernel when this process ends, however it ends.
 *
 * @param gpus - at least one; those to be preferred first
 * @throws HoldoutError `sandbox_unavailable` where no lock can be made; the reason of `signal`
 */
export async function takeGpu(gpus: readonly Gpu[], signal?: AbortSignal): Promise<TakenGpu> {
  signal?.throwIfAborted();
  try {
    for (const { lockFile } of gpus) await mkdir(dirname(lockFile), { recursive: true });
    for (const gpu of gpus) {
      const holder = startHolder(gpu.lockFile, ['--nonblock']);
      if (await holder.taken) return { gpu, release: holder.release };
    }
    // A signal that came meanwhile is not heard any more.
    signal?.throwIfAborted();
    return await waitForAny(
      gpus.map((gpu) => ({ gpu, ...startHolder(gpu.lockFile, []) })),
      signal,
    );
  } catch (cause) {
    signal?.throwIfAborted();
    throw new HoldoutError('sandbox_unavailable', { cause });
  }
}

type Waiting = Holder & { readonly gpu: Gpu };

async function waitForAny(waiting: readonly Waiting[], signal: AbortSignal | undefined): Promise<TakenGpu> {
  let first: Waiting | null = null;
  const releaseOthers = () => {
    for (const each of waiting) if (each !== first) each.release();
  };
  signal?.addEventListener('abort', releaseOthers, { once: true });
  try {
    first = await Promise.race(waiting.map(async (each) => ((await each.taken) ? each : Promise.reject(endedEarly()))));
    return { gpu: first.gpu, release: first.release };
  } finally {
    signal?.removeEventListener('abort', releaseOthers);
    // One that was taken at the same moment is given back, too.
    releaseOthers();
    for (const { taken } of waiting) taken.catch(() => {});
  }
}

/** A process that holds a lock for as long as its input is open, which is no longer than we are there. */
interface Holder {
  /** Whether it has the lock; false where it was not to wait and somebody else has it. */
  readonly taken: Promise<boolean>;
  readonly release: () => void;
}

/** Said by `flock` where it was not to wait. */
const isTakenCode = 75;

function startHolder(lockFile: string, options: readonly string[]): Holder {
  const argv = [...options, '--conflict-exit-code', String(isTakenCode), lockFile];
  const holder = spawn('flock', [...argv, '/bin/sh', '-c', 'echo taken; read -r _'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let words = '';
  holder.stderr.on('data', (chunk: Buffer) => {
    words += String(chunk);
  });
  holder.stdin.on('error', () => {});
  const taken = new Promise<boolean>((done, fail) => {
    holder.stdout.once('data', () => done(true));
    holder.once('error', fail);
    holder.once('exit', (code) =>
      code === isTakenCode ? done(false) : fail(new Error(words.trim() || endedEarly().message)),
    );
  });
  const release = () => {
    // Where it still waits there is nothing that it could be told.
    if (holder.pid !== undefined) tryKill(-holder.pid);
  };
  return { taken, release };
}

function endedEarly(): Error {
  return new Error('flock ended early');
}

function tryKill(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
