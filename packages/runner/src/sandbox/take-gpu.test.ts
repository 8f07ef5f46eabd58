import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeGpu } from './take-gpu.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-gpu-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => 'settled'), sleep(300)])) === undefined;
}

it('lets one evaluation after the other have the GPUs', async () => {
  const lock = join(folder, 'turns');
  const first = await takeGpu(undefined, lock);
  const second = takeGpu(undefined, lock);
  expect(await isPending(second)).toBe(true);
  first.release();
  (await second).release();
});

it('gives them back when a worker is killed, and ends its wait when it is cancelled', async () => {
  const lock = join(folder, 'killed');
  const script = `
    const { takeGpu } = await import(${JSON.stringify(new URL('../../dist/sandbox/take-gpu.js', import.meta.url).href)});
    await takeGpu(undefined, ${JSON.stringify(lock)});
    console.log('taken');
    setInterval(() => {}, 1000);`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((taken) => worker.stdout.once('data', taken));
  const cancelled = new AbortController();
  const waits = takeGpu(cancelled.signal, lock);
  expect(await isPending(waits.catch(() => {}))).toBe(true);
  cancelled.abort(new Error('cancelled by its team'));
  await expect(waits).rejects.toThrow('cancelled by its team');
  worker.kill('SIGKILL');
  (await takeGpu(undefined, lock)).release();
});

it('says why where no lock can be made', async () => {
  await expect(takeGpu(undefined, join(folder, 'none', 'lock'))).rejects.toMatchObject({
    code: 'sandbox_unavailable',
    cause: { message: expect.stringContaining('No such file') },
  });
});
