import { afterAll, expect, it, vi } from 'vitest';
import type { LoadedModel } from '../engines/engine.js';
import { loadModel } from '../engines/load-model.js';
import type { LoadRequest } from '../protocol.js';
import { removeModels, type TestBundle, writers } from '../testing/write-models.js';
import { BatchSizes } from './batch-sizes.js';

// As they were built: copies are threads, which start from a file.
const built = (name: string) => new URL(`../../dist/child/${name}.js`, import.meta.url).href;
const { loadCopies, mayBeCopied } = (await import(built('copies'))) as typeof import('./copies.js');
const { ModelRunner } = (await import(built('model-runner'))) as typeof import('./model-runner.js');

afterAll(removeModels);

const memoryLimitBytes = 16 * 2 ** 30;
const engines = ['onnx', 'tfjs'] as const;

function ask({ manifest, directory }: TestBundle, threads: number): LoadRequest {
  const devices = [manifest.engine === 'onnx' ? 'cpu' : 'wasm'] as LoadRequest['devices'];
  return { kind: 'load', bundleDirectory: directory, manifest, threads, memoryLimitBytes, devices };
}

const write = (engine: (typeof engines)[number]) => writers[engine]({ weights: [[1]], bias: [0] });

/** Images of one grey each, 8×8. */
function draw(greys: readonly number[]) {
  const values = new Float32Array(greys.length * 64);
  for (const [place, grey] of greys.entries()) values.fill(grey, place * 64, (place + 1) * 64);
  return { count: greys.length, values };
}

it.each(engines)(
  'predicts by copies of a model of %s what the model predicts, more batches at a time than there are copies',
  async (engine) => {
    const copies = await loadCopies(ask(await write(engine), 1), 2);
    try {
      const lists = [[0.1, 0.2], [0.3], [0.4, 0.5, 0.6], [0.7], [0.8]];
      const found = await Promise.all(lists.map((greys) => copies.predict(draw(greys))));
      for (const [place, { prediction, values }] of found.entries()) {
        expect(prediction.shape[0]).toBe(lists[place]?.length);
        for (const [image, grey] of (lists[place] ?? []).entries())
          expect(prediction.values[image]).toBeCloseTo(grey, 5);
        expect(values.length).toBe((lists[place]?.length ?? 0) * 64);
      }
    } finally {
      await copies.close();
    }
  },
);

it('says why a copy can’t be loaded, and leaves none behind', async () => {
  const bundle = await write('onnx');
  bundle.manifest.model = 'nothing.onnx';
  await expect(loadCopies(ask(bundle, 1), 2)).rejects.toThrow(/nothing\.onnx/);
});

/**
 * Runs batch after batch of a model that takes so long for each by itself, and so long for one on each of two copies, by a
 * clock that nothing else moves.
 */
async function runClocked({ own, copies, threads = 1, imagesLeft = 1e9, engine = 'onnx' }: Pace) {
  const request = ask(await write(engine), 2);
  const { model } = await loadModel({ ...request, gpu: null });
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const paced: LoadedModel = {
    ...model,
    threads,
    async predict(values, count) {
      now += own;
      return await model.predict(values, count);
    },
  };
  const sizes = new BatchSizes({ imageBytes: 256, memoryLimitBytes, readMemoryBytes: () => 0 });
  const runner = new ModelRunner(paced, request, sizes, process.memoryUsage.rss() - 2 ** 20);
  const widths = new Set<number>();
  const sizesOfCopies = new Set<number>();
  // Batches are made ready ahead, of the size that is right when they are ordered.
  const ordered: number[] = [];
  let rounds = 0;
  const take = () => {
    while (ordered.length < 3) ordered.push(runner.batchSize);
    return ordered.shift() ?? 0;
  };
  try {
    for (let batch = 0; batch < 60; batch += 1) {
      await runner.consider(imagesLeft, ordered[0] ?? null);
      widths.add(runner.width);
      if (runner.width > 1) now += copies(rounds++);
      const some = Array.from({ length: runner.width }, () => {
        const count = take();
        if (runner.width > 1) sizesOfCopies.add(count);
        return runner.predict(draw(Array.from({ length: count }, (_, place) => place / 100)));
      });
      for (const { prediction } of await Promise.all(some)) {
        for (const [place, found] of Array.from(prediction.values).entries()) expect(found).toBeCloseTo(place / 100, 5);
      }
    }
  } finally {
    clock.mockRestore();
  }
  return { widths: [...widths], sizesOfCopies: [...sizesOfCopies], roundsOfCopies: rounds, runner };
}

/** Milliseconds of a batch. The largest batch is the fastest then: of 64 images, and of 32 on each of two copies. */
interface Pace {
  own: number;
  copies: (round: number) => number;
  threads?: number;
  imagesLeft?: number;
  engine?: (typeof engines)[number];
}

it.each(engines)(
  'goes on with copies of a model of %s where they are no slower than it is by itself',
  async (engine) => {
    const { widths, sizesOfCopies, runner } = await runClocked({ own: 64, copies: () => 64, engine });
    expect(widths).toEqual([1, 2]);
    // Never one that was made ready for the model by itself.
    expect(sizesOfCopies).toEqual([32]);
    expect(runner.width).toBe(2);
    // One waits for the copy that has done its own first.
    expect(runner.mostUnderWay).toBe(3);
    expect(runner.describe()).toMatchObject({ device: engine === 'onnx' ? 'cpu' : 'wasm-simd', threads: 2 });
  },
);

it('makes copies of what runs on the processor, in threads that can each load it', () => {
  const places = [
    ...(['cuda', 'webgpu', 'cpu'] as const).map((device) => ['onnx', device] as const),
    ...(['cuda', 'webgpu', 'cpu', 'wasm', 'wasm-simd', 'javascript'] as const).map(
      (device) => ['tfjs', device] as const,
    ),
  ];
  const copied = places.filter(([engine, device]) => mayBeCopied(engine, device)).map((place) => place.join(' '));
  // Not TensorFlow.
  expect(copied).toEqual(['onnx cpu', 'tfjs wasm', 'tfjs wasm-simd', 'tfjs javascript']);
});

it('goes back to the model by itself where copies are slower, after a longer look', async () => {
  const { widths, roundsOfCopies, runner } = await runClocked({ own: 64, copies: () => 65 });
  expect(widths).toEqual([1, 2]);
  expect([runner.width, runner.mostUnderWay]).toEqual([1, 1]);
  expect(runner.batchSize).toBe(64);
  expect(roundsOfCopies).toBe(13);
});

it('does not blame copies for what runs beside them for a while', async () => {
  const { runner } = await runClocked({ own: 64, copies: (round) => (round < 7 ? 90 : 60) });
  expect(runner.width).toBe(2);
});

it('tries no copies where less can be saved than their loading takes, least of all of threads', async () => {
  // A millisecond an image: half of 7000 of them is more than three seconds, a tenth is not.
  const pace = { own: 64, copies: () => 40, imagesLeft: 7000 };
  expect((await runClocked(pace)).widths).toEqual([1, 2]);
  expect((await runClocked({ ...pace, threads: 2 })).widths).toEqual([1]);
  expect((await runClocked({ ...pace, threads: 2, imagesLeft: 32_000 })).widths).toEqual([1, 2]);
  expect((await runClocked({ ...pace, imagesLeft: 5500 })).widths).toEqual([1]);
});

it('predicts in parts what is too much at once, and tries no more of it', async () => {
  const request = ask(await write('onnx'), 1);
  const { model } = await loadModel({ ...request, gpu: null });
  const given: number[] = [];
  const small: LoadedModel = {
    ...model,
    async predict(values, count) {
      given.push(count);
      if (count > 5) throw new Error('out of memory');
      return await model.predict(values, count);
    },
  };
  const sizes = new BatchSizes({ imageBytes: 256, memoryLimitBytes, readMemoryBytes: () => 0 });
  const runner = new ModelRunner(small, request, sizes, 0);
  await runner.predict(draw([0.5, 0.6]));
  const greys = Array.from({ length: 11 }, (_, place) => place / 20);
  const { prediction } = await runner.predict(draw(greys));
  expect(prediction.shape[0]).toBe(11);
  for (const [place, grey] of greys.entries()) expect(prediction.values[place]).toBeCloseTo(grey, 5);
  expect(given).toEqual([2, 11, 5, 6, 5, 1]);
  expect(runner.batchSize).toBeLessThanOrEqual(5);
  // What was predicted before is no question of room.
  const broken = new ModelRunner({ ...model, predict: () => Promise.reject(new Error('broken')) }, request, sizes, 0);
  await expect(broken.predict(draw([0.1]))).rejects.toThrow('broken');
});
