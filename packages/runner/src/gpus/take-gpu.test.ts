import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeMachine } from '../testing/make-machine.js';
import type { Gpu } from './gpu.js';
import { listGpus } from './list-gpus.js';
import { takeGpu } from './take-gpu.js';

let folder: string;
let machine: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-gpu-'));
  machine = makeMachine(join(folder, 'machine'), { nvidia: 2 });
});
afterAll(() => rm(folder, { recursive: true }));

/** The two GPUs of a machine, with locks of each test's own. */
async function findTwo(): Promise<Gpu[]> {
  return listGpus(await mkdtemp(join(folder, 'locks-')), machine);
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([promise.then(() => 'settled'), sleep(300)])) === undefined;
}

it('gives each of two GPUs to one evaluation, and the third the one that is given back first', async () => {
  const gpus = await findTwo();
  const [first, second] = [await takeGpu(gpus), await takeGpu(gpus)];
  expect([first, second].map(({ gpu }) => gpu.id)).toEqual(['nvidia0', 'nvidia1']);
  const third = takeGpu(gpus);
  expect(await isPending(third)).toBe(true);
  second.release();
  expect((await third).gpu.id).toBe('nvidia1');
  const fourth = takeGpu(gpus);
  first.release();
  expect((await fourth).gpu.id).toBe('nvidia0');
  for (const taken of [await third, await fourth]) taken.release();
});

it('leaves nothing taken where both become free at once', async () => {
  const gpus = await findTwo();
  const [first, second] = [await takeGpu(gpus), await takeGpu(gpus)];
  const waits = takeGpu(gpus);
  expect(await isPending(waits)).toBe(true);
  first.release();
  second.release();
  const taken = await waits;
  const other = gpus.filter(({ id }) => id !== taken.gpu.id);
  (await takeGpu(other)).release();
  taken.release();
});

it('takes the one that is wanted most, where it is free', async () => {
  const gpus = await findTwo();
  const taken = await takeGpu([...gpus].reverse());
  expect(taken.gpu.id).toBe('nvidia1');
  taken.release();
});

it('lets evaluations of a machine with one GPU have it one after the other', async () => {
  const gpus = await findTwo();
  const one = gpus.slice(0, 1);
  const first = await takeGpu(one);
  const second = takeGpu(one);
  expect(await isPending(second)).toBe(true);
  first.release();
  (await second).release();
});

it('gives it back when a worker is killed, and ends its wait when it is cancelled', async () => {
  const gpus = await findTwo();
  const one = gpus.slice(0, 1);
  const script = `
    const { takeGpu } = await import(${JSON.stringify(new URL('../../dist/gpus/take-gpu.js', import.meta.url).href)});
    await takeGpu(${JSON.stringify(one)});
    console.log('taken');
    setInterval(() => {}, 1000);`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((taken) => worker.stdout.once('data', taken));
  const cancelled = new AbortController();
  const waits = takeGpu(one, cancelled.signal);
  expect(await isPending(waits.catch(() => {}))).toBe(true);
  cancelled.abort(new Error('cancelled by its team'));
  await expect(waits).rejects.toThrow('cancelled by its team');
  worker.kill('SIGKILL');
  (await takeGpu(one)).release();
});

it('does not begin to wait where it was cancelled before', async () => {
  const gpus = await findTwo();
  const held = [await takeGpu(gpus), await takeGpu(gpus)];
  const cancelled = new AbortController();
  const waits = takeGpu(gpus, cancelled.signal);
  // While it looks which of them is free.
  cancelled.abort(new Error('cancelled by its team'));
  await expect(waits).rejects.toThrow('cancelled by its team');
  for (const each of held) each.release();
});

it('says why where no lock can be made', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(takeGpu(listGpus(file, machine))).rejects.toMatchObject({
    code: 'sandbox_unavailable',
    cause: { message: expect.stringMatching(/EEXIST|ENOTDIR/) },
  });
});
