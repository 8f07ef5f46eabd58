import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from './gpus/gpu.js';
import { takeGpu } from './gpus/take-gpu.js';
import { keepProcessReady } from './keep-process-ready.js';
import { openPredictor } from './predictor.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import { copyFrom, makeFolder } from './testing/describe-run.js';
import { findChildren, isRunning } from './testing/find-children.js';
import { removeModels, type TestBundle, writers } from './testing/write-models.js';

let folder: string;
let bundle: TestBundle;
let gpus: [Gpu, Gpu];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-predictor-'));
  bundle = await writers.onnx({ weights: [[1]], bias: [0] });
  // Only who has which is asked here: of their files none is shown.
  const none = { name: null, uuid: null, files: [], systemFolders: [], environment: {}, isSoftware: false };
  const describe = (id: string): Gpu => ({ id, ...none, lockFile: join(folder, `${id}.lock`) });
  gpus = [describe('nvidia0'), describe('nvidia1')];
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

async function prepare(kind: 'none' | 'bubblewrap') {
  const sandbox = await createSandbox({ kind });
  const models = keepProcessReady({ sandbox, makeFolder });
  const { manifest, directory } = bundle;
  const options = { manifest, unpack: copyFrom(directory), sandbox, models, makeFolder, gpus, threads: 1 };
  return { models, open: () => openPredictor({ ...options, limits: defaultRunLimits }) };
}

it('takes the GPU that the waiting process sees, where it is free', async () => {
  const { models, open } = await prepare('bubblewrap');
  await models.start(defaultRunLimits, gpus[1]).close();
  await expect.poll(() => models.waitingGpu()?.id, { timeout: 30_000 }).toBe('nvidia1');
  const predictor = await open();
  const other = await takeGpu(gpus);
  expect(other.gpu.id).toBe('nvidia0');
  other.release();
  await predictor.close();
  await models.close();
});

it('gives its GPU back when its process has ended, not before', async () => {
  const { models, open } = await prepare('none');
  const predictor = await open();
  const other = await takeGpu(gpus);
  await expect.poll(findChildren, { timeout: 30_000 }).toHaveLength(1);
  const [pid = 0] = findChildren();
  const next = takeGpu(gpus).then((taken) => ({ taken, isLeft: isRunning(pid) }));
  await predictor.close();
  const { taken, isLeft } = await next;
  expect(isLeft).toBe(false);
  for (const each of [taken, other]) each.release();
  await models.close();
});
