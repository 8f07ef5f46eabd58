import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeAbandonedScratch, withScratchFolder } from './scratch.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdout-scratch-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('removes its folder when the work fails', async () => {
  const failing = withScratchFolder(directory, async (folder) => {
    expect(await readdir(directory)).toEqual([folder.slice(directory.length + 1)]);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(directory)).toEqual([]);
});

it('removes what dead workers of this machine left, and nothing of the living, of others, or that is not its own', async () => {
  const ended = spawn('true');
  await once(ended, 'exit');
  const living = spawn('sleep', ['60']);
  const names = {
    ofTheDead: `evaluation-${hostname()}-${ended.pid}-abc`,
    ofTheLiving: `evaluation-${hostname()}-${living.pid}-abc`,
    ofAnotherMachine: `evaluation-other-${ended.pid}-abc`,
    notOurs: 'photographs',
  };
  for (const name of Object.values(names)) await mkdir(join(directory, name));
  await removeAbandonedScratch(directory);
  living.kill();
  expect((await readdir(directory)).sort()).toEqual([names.ofTheLiving, names.ofAnotherMachine, names.notOurs].sort());
});
