import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContainerImage, type TestImage } from '../../testing/make-container-image.js';
import { runProgram, wellBehaved } from '../../testing/run-program.js';
import { createSandbox } from '../create-sandbox.js';
import { demandSandbox } from '../demand-sandbox.js';

let image: TestImage;
beforeAll(async () => {
  image = await makeContainerImage();
});
afterAll(() => image.remove());

/** The names of a process's containers, with those that have ended. */
function listContainersOf(pid: number): string[] {
  const names = execFileSync('podman', ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' }).split('\n');
  return names.filter((name) => name.includes(`-${pid}-`));
}

it('does not believe that somebody else ended the container, which its program could feign', async () => {
  const sandbox = await createSandbox({ kind: 'container', container: image.container });
  const onLog = () => void execFileSync('podman', ['kill', ...listContainersOf(process.pid)], { stdio: 'ignore' });
  const source = `${wellBehaved}import time\nprint('here', flush=True)\ntime.sleep(60)`;
  const { fault } = await runProgram(sandbox, source, { onLog });
  expect(fault).toMatchObject({ code: 'runner_crashed', fault: 'team' });
  expect(listContainersOf(process.pid)).toEqual([]);
});

it('removes what a worker left that was killed together with what should have removed it', async () => {
  const sandbox = await createSandbox({ kind: 'container', container: image.container });
  const script = `
    const { createSandbox } = await import(${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)});
    const { defaultRunLimits } = await import(${JSON.stringify(import.meta.resolve('@holdout/contracts'))});
    const sandbox = await createSandbox({ kind: 'container', container: ${JSON.stringify(image.container)} });
    const argv = ['/bin/sh', '-c', 'echo here; exec sleep 600'];
    const program = { argv, mounts: [], limits: defaultRunLimits, gpu: null, image: null };
    sandbox.start(program).stdout.on('data', () => console.log('running'));`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((started) => worker.stdout.once('data', started));
  const { pid = -1 } = worker;
  for (const guardian of findGuardians(pid)) process.kill(guardian, 'SIGKILL');
  worker.kill('SIGKILL');
  await new Promise((ended) => worker.once('exit', ended));
  await sleep(500);
  expect(listContainersOf(pid)).toHaveLength(1);
  await sandbox.removeAbandoned();
  expect(listContainersOf(pid)).toEqual([]);
});

function findGuardians(pid: number): number[] {
  const isGuardian = (each: string) => {
    const line = readIfThere(`/proc/${each}/cmdline`);
    return line.startsWith('/bin/sh\0-c\0\nread -r word') && line.includes(`-${pid}-`);
  };
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isGuardian(name));
  expect(found).toHaveLength(1);
  return found.map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

it.each([
  [
    'an image that is not there',
    { image: 'localhost/holdout-none:1' },
    /podman could not start a container: .*holdout-none/s,
  ],
  ['a runtime that is not there', { runtime: 'no-such-runtime' }, /no-such-runtime/],
])('says what is wrong with %s', async (_what, wrong, words) => {
  const sandbox = await createSandbox({ kind: 'container', container: { ...image.container, ...wrong } });
  await expect(demandSandbox(sandbox)).rejects.toThrow(words);
  await expect(demandSandbox(sandbox)).rejects.toThrow(/HOLDOUT_CONTAINER_IMAGE/);
});
