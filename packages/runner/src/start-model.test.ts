import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultRunLimits } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPixelsForOnce, type Pixels } from './images/open-pixels.js';
import { createSandbox } from './sandbox/create-sandbox.js';
import type { Sandbox } from './sandbox/sandbox.js';
import { startChild } from './start-child.js';
import { startModel } from './start-model.js';
import { copyFrom, makeFolder } from './testing/describe-run.js';
import { removeModels, type TestBundle, writePng, writers } from './testing/write-models.js';

let folder: string;
let bundle: TestBundle;
let sandbox: Sandbox;
let pixels: Promise<Pixels>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-model-'));
  bundle = await writers.onnx({ weights: [[1]], bias: [0] });
  sandbox = await createSandbox({ kind: 'bubblewrap' });
  pixels = openPixelsForOnce(makeFolder);
  await pixels;
});
afterAll(async () => {
  await (await pixels).close();
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

async function start(startIn: Sandbox = sandbox) {
  const model = startModel(
    startChild({ sandbox: startIn, limits: defaultRunLimits, makeFolder }),
    defaultRunLimits,
    pixels,
  );
  await copyFrom(bundle.directory)(model.bundleDirectory);
  model.load(bundle.manifest);
  return model;
}

it('ends its process where the signal comes after the answer', async () => {
  const images = [await writePng(folder, 'white.png', [255])];
  const model = await start();
  const stop = new AbortController();
  const { signal } = stop;
  const remove = signal.removeEventListener.bind(signal);
  // The moment from which nobody listens to it any more.
  signal.removeEventListener = (...given: Parameters<AbortSignal['removeEventListener']>) => {
    remove(...given);
    stop.abort(new Error('cancelled by its team'));
  };
  const run = await model.run({ images, timeLimitSeconds: 3600, signal });
  expect(run.probabilities[0]).toBeCloseTo(1, 5);
  await model.close();
});

it('ends a process that answers in spite of its fault, and goes on', async () => {
  const images = [await writePng(folder, 'white.png', [255])];
  // As a model would that has taken over the process that speaks here.
  const placement = { device: 'cpu', threads: 1, batchSize: 1 };
  const messages = [
    { kind: 'ready', adapter: null },
    { kind: 'fault', code: 'inference_failed', detail: 'It does not end.' },
    { kind: 'result', probabilities: [1], placement, loadSeconds: 0, inferenceSeconds: 0 },
  ].map((message) => JSON.stringify(message));
  const script = `echo '${messages[0]}'; read load; read predict; echo '${messages[1]}'; echo '${messages[2]}'; sleep 3600`;
  const argv = ['/bin/sh', '-c', script];
  const model = await start({ ...sandbox, start: (program) => sandbox.start({ ...program, argv }) });
  const run = model.run({ images, timeLimitSeconds: 3600 });
  await expect(run).rejects.toMatchObject({ code: 'inference_failed' });
  await model.close();
});

it('has images decoded, and made ready for the engine, while the model is still being loaded', async () => {
  const images = await Promise.all([1, 2].map((place) => writePng(folder, `early${place}.png`, [255])));
  const slow = await writers.tfjs({ weights: [[1]], bias: [0] });
  const events: string[] = [];
  const child = startChild({ sandbox, limits: defaultRunLimits, makeFolder });
  const listen: typeof child.listen = (listener) => {
    if (!listener) return child.listen(null);
    const onMessage: typeof listener.onMessage = (message) => {
      if (message.kind === 'read' && message.imagesRead === 2) events.push('made ready');
      if (message.kind === 'log' && message.line.includes('loaded in')) events.push('loaded');
      listener.onMessage(message);
    };
    child.listen({ ...listener, onMessage });
  };
  const model = startModel({ ...child, listen }, defaultRunLimits, pixels);
  await copyFrom(slow.directory)(model.bundleDirectory);
  // Its weights come when somebody writes them.
  const weights = join(model.bundleDirectory, 'weights.bin');
  await rm(weights);
  await promisify(execFile)('mkfifo', [weights]);
  model.load(slow.manifest);
  try {
    const decoded = async () => (await pixels).countDecoded();
    const before = await decoded();
    model.expect(images, slow.manifest.input);
    await expect.poll(decoded, { timeout: 60_000 }).toBe(before + 2);
    const run = model.run({ images, timeLimitSeconds: 3600 });
    run.catch(() => {});
    await expect.poll(() => events, { timeout: 60_000 }).toEqual(['made ready']);
    await writeFile(weights, await readFile(join(slow.directory, 'weights.bin')));
    for (const probability of (await run).probabilities) expect(probability).toBeCloseTo(1, 5);
    expect(events).toEqual(['made ready', 'loaded']);
  } finally {
    await model.close();
  }
});

it('expects nothing any more once it is closed', async () => {
  const [late, other] = [await writePng(folder, 'late.png', [1]), await writePng(folder, 'other.png', [2])];
  const model = await start();
  await model.close();
  const opened = await pixels;
  const decoded = opened.countDecoded();
  model.expect([late], bundle.manifest.input);
  const set = opened.open([other], bundle.manifest.input);
  // Images are decoded as they come.
  await expect.poll(opened.countDecoded, { timeout: 30_000 }).toBeGreaterThan(decoded);
  for await (const { count } of set.read(0, 1)) expect(count).toBe(1);
  expect(opened.countDecoded()).toBe(decoded + 1);
  set.close();
});
