import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepProcessReady } from './keep-process-ready.js';
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

function options() {
  return { bundleDirectory: bundle.directory, manifest: bundle.manifest, memoryLimitBytes: 2 * 1024 ** 3 };
}

async function predictWhite(models: ReturnType<typeof keepProcessReady>): Promise<number | undefined> {
  const images = [await writePng(folder, 'white.png', [255])];
  const model = models.start(options());
  try {
    return (await model.run({ images, timeLimitSeconds: 60 })).probabilities[0];
  } finally {
    await model.close();
  }
}

it('gives every model a process of its own, which was there before, and has the next one ready after it', async () => {
  const models = keepProcessReady();
  const [first] = findChildren();
  const model = models.start(options());
  // No second one while the model runs, which would take the machine from it.
  expect(findChildren()).toEqual([first]);
  await model.close();
  const [second, ...others] = findChildren();
  expect(second).not.toBe(first);
  expect(others).toEqual([]);
  expect(await predictWhite(models)).toBeCloseTo(1, 5);
  await models.close();
  expect(findChildren()).toEqual([]);
});

it('serves two models at once', async () => {
  const models = keepProcessReady();
  expect(await Promise.all([predictWhite(models), predictWhite(models)])).toHaveLength(2);
  expect(findChildren()).toHaveLength(1);
  await models.close();
});

it('does not give out a process that has died while it waited', async () => {
  const models = keepProcessReady();
  for (const pid of findChildren()) process.kill(pid, 'SIGKILL');
  while (findChildren().length > 0) await sleep(10);
  await sleep(100);
  expect(await predictWhite(models)).toBeCloseTo(1, 5);
  await models.close();
});

it('starts nothing any more when it is closed while a model runs', async () => {
  const models = keepProcessReady();
  const model = models.start(options());
  await models.close();
  await model.close();
  expect(findChildren()).toEqual([]);
});
