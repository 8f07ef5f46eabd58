import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listArguments } from '../sandbox/bubblewrap/list-arguments.js';
import { writeCommand } from '../sandbox/bubblewrap/write-command.js';
import { listRunArguments } from '../sandbox/container/list-run-arguments.js';
import type { SandboxedProgram } from '../sandbox/sandbox.js';
import { makeMachine } from '../testing/make-machine.js';
import { chooseGpus } from './choose-gpus.js';
import { listGpus } from './list-gpus.js';

let folder: string;
let root: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-gpu-'));
  root = makeMachine(join(folder, 'machine'), { nvidia: 2, others: 1 });
});
afterAll(() => rm(folder, { recursive: true }));

const shared = ['/dev/nvidia-modeset', '/dev/nvidia-uvm', '/dev/nvidiactl'];

it('tells the GPUs of a machine apart, each with its own files and those of its maker', () => {
  expect(listGpus('/locks', root)).toMatchObject([
    {
      id: 'nvidia0',
      name: 'NVIDIA H100 80GB HBM3',
      uuid: 'GPU-00000000-0000-0000-0000-000000000000',
      files: ['/dev/nvidia0', '/dev/dri/card0', '/dev/dri/renderD128', ...shared],
      lockFile: expect.stringMatching(/^\/locks\/gpu-[0-9a-f]{8}-nvidia0\.lock$/),
    },
    { id: 'nvidia1', files: ['/dev/nvidia1', '/dev/dri/card1', '/dev/dri/renderD129', ...shared] },
    {
      id: 'renderD130',
      name: null,
      files: ['/dev/dri/card2', '/dev/dri/renderD130'],
      systemFolders: ['/sys/class/drm', '/sys/devices/pci0000:00/0000:03:00.0'],
    },
  ]);
});

it('goes by the device files where a container shows no more', async () => {
  const bare = makeMachine(join(folder, 'bare'), { nvidia: 1, others: 1 });
  for (const name of ['sys', 'proc']) rmSync(join(bare, name), { recursive: true });
  const found = listGpus('/locks', bare).map(({ id, name, files }) => [id, name, files[0]]);
  expect(found).toEqual([
    ['nvidia0', null, '/dev/nvidia0'],
    ['renderD128', null, '/dev/dri/renderD128'],
    ['renderD129', null, '/dev/dri/renderD129'],
  ]);
  expect(listGpus('/locks', join(folder, 'nothing'))).toEqual([]);
});

it('lets an operator choose some, and says which there are where one is not', () => {
  const ids = (wanted: string) => chooseGpus(wanted, '/locks', root).map(({ id }) => id);
  expect(ids('all')).toEqual(['nvidia0', 'nvidia1', 'renderD130']);
  expect(ids('none')).toEqual([]);
  expect(ids('nvidia1, renderD130')).toEqual(['nvidia1', 'renderD130']);
  expect(() => chooseGpus('nvidia7', '/locks', root)).toThrow(
    /“nvidia7”, and this machine has nvidia0, nvidia1, renderD130/,
  );
  expect(() => chooseGpus('', '/locks', root)).toThrow('HOLDOUT_GPUS');
});

it('shows a program in each sandbox the GPU that it was given, and no other', () => {
  const [, gpu = null] = listGpus('/locks', root);
  const program: SandboxedProgram = { argv: ['true'], mounts: [], limits: defaultRunLimits, gpu, image: null };
  const system = { mounts: [], ownMounts: [], links: [] };
  const own = ['/dev/nvidia1', '/dev/dri/card1', '/dev/dri/renderD129', ...shared];
  const bubblewrap = listArguments(program, system);
  const bound = bubblewrap.filter((_, place) => bubblewrap[place - 1] === '--dev-bind');
  expect(bound).toEqual(own);
  const engineArguments = (engine: 'podman' | 'docker') =>
    listRunArguments(program, { program: engine, image: 'i', runtime: null }, { name: 'n', profile: 'p' });
  const podman = engineArguments('podman');
  expect(podman.filter((_, place) => podman[place - 1] === '--device')).toEqual(own);
  const docker = engineArguments('docker');
  expect(docker[docker.indexOf('--gpus') + 1]).toBe('device=GPU-00000000-0000-0000-0000-000000000001');
  expect(docker.filter((_, place) => docker[place - 1] === '--device')).toEqual(own.slice(1, 3));
  expect(JSON.stringify([podman, docker, bubblewrap])).not.toContain('nvidia0');
  const none = { ...program, gpu: null };
  expect(JSON.stringify(listArguments(none, system))).not.toMatch(/nvidia|dri/);
});

it.runIf(process.getuid?.() === 0)('lets the account of the sandbox open device files that belong to a group', () => {
  const [gpu] = listGpus('/locks', root);
  const [render, open] = ['render', 'open'].map((name) => join(folder, name));
  if (!gpu || !render || !open) throw new Error('There is no GPU.');
  for (const path of [render, open]) writeFileSync(path, '');
  chownSync(render, 0, 104);
  chmodSync(render, 0o660);
  chownSync(open, 0, 105);
  chmodSync(open, 0o666);
  const groupsFor = (files: string[]) => {
    const program = { argv: ['true'], mounts: [], limits: defaultRunLimits, gpu: { ...gpu, files }, image: null };
    return writeCommand(program, []).argv.filter((word) => word.includes('groups'));
  };
  expect(groupsFor([render, open])).toEqual(['--groups=104']);
  expect(groupsFor([open])).toEqual(['--clear-groups']);
});
