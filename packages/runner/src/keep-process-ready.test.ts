import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepProcessReady } from './keep-process-ready.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { Sandbox, SandboxedProcess } from './sandbox/sandbox.js';
import { copyFrom, makeFolder } from './testing/describe-run.js';
import { findChildren } from './testing/find-children.js';
import { removeModels, type TestBundle, writePng, writers } from './testing/write-models.js';

let folder: string;
let bundle: TestBundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-ready-'));
  bundle = await writers.onnx({ weights: [[1]], bias: [0] });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

async function keepReady(onStart: (started: SandboxedProcess) => void = () => {}) {
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const start: Sandbox['start'] = (program) => {
    const started = sandbox.start(program);
    onStart(started);
    return started;
  };
  return keepProcessReady({ sandbox: { ...sandbox, start }, makeFolder });
}

/** A sandbox takes a moment until our program runs in it. */
async function waitForChildren(count: number): Promise<number[]> {
  for (let tries = 0; tries < 3000 && findChildren().length !== count; tries += 1) await sleep(10);
  return findChildren();
}

async function predictWhite(models: ReturnType<typeof keepProcessReady>): Promise<number | undefined> {
  const images = [await writePng(folder, 'white.png', [255])];
  const model = models.start(defaultRunLimits);
  try {
    await copyFrom(bundle.directory)(model.bundleDirectory);
    model.load(bundle.manifest);
    return (await model.run({ images, timeLimitSeconds: 60 })).probabilities[0];
  } finally {
    await model.close();
  }
}

it('gives every model a process of its own, which was there before, and has the next one ready after it', async () => {
  const models = await keepReady();
  const [first] = await waitForChildren(1);
  const model = models.start(defaultRunLimits);
  // No second one while the model runs, which would take the machine from it.
  expect(findChildren()).toEqual([first]);
  await model.close();
  const [second, ...others] = await waitForChildren(1);
  expect(second).not.toBe(first);
  expect(others).toEqual([]);
  expect(await predictWhite(models)).toBeCloseTo(1, 5);
  await models.close();
  expect(findChildren()).toEqual([]);
});

it('serves two models at once', async () => {
  const models = await keepReady();
  expect(await Promise.all([predictWhite(models), predictWhite(models)])).toHaveLength(2);
  expect(await waitForChildren(1)).toHaveLength(1);
  await models.close();
});

it('does not give out a process that has died while it waited', async () => {
  const started: SandboxedProcess[] = [];
  const models = await keepReady((process) => started.push(process));
  for (const pid of await waitForChildren(1)) process.kill(pid, 'SIGKILL');
  // The sandbox around it ends a moment later.
  await started[0]?.ended;
  await setImmediate();
  expect(await predictWhite(models)).toBeCloseTo(1, 5);
  await models.close();
});

it('starts nothing any more when it is closed while a model runs', async () => {
  const models = await keepReady();
  const model = models.start(defaultRunLimits);
  await models.close();
  await model.close();
  expect(findChildren()).toEqual([]);
});
