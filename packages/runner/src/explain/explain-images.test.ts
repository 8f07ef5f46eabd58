import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnnx } from '@holdout/bundle';
import {
  chooseHeatMapMethod,
  defaultRunLimits,
  type HeatMap,
  type HeatMapMethod,
  type ResolvedCommandManifest,
} from '@holdout/contracts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepProcessReady } from '../keep-process-ready.js';
import { createSandbox } from '../sandbox/create-sandbox.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { copyFrom, makeFolder } from '../testing/describe-run.js';
import { camWriters, rewriteAsGraph } from '../testing/write-cam-models.js';
import { removeModels, type TestBundle } from '../testing/write-models.js';
import { explainImages } from './explain-images.js';
import { exposeTensors } from './expose-tensors.js';

let folder: string;
let sandbox: Sandbox;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdout-explain-'));
  sandbox = await createSandbox({ kind: 'bubblewrap' });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeModels();
});

const limits = { ...defaultRunLimits, timeLimitSeconds: 120, memoryLimitBytes: 2 * 1024 ** 3 };

async function explain(bundle: TestBundle, paths: string[], method: HeatMapMethod = 'cam'): Promise<HeatMap[]> {
  const models = keepProcessReady({ sandbox, makeFolder });
  const images = paths.map((path) => ({ path }));
  const { manifest, directory } = bundle;
  const unpack = copyFrom(directory);
  try {
    return await explainImages({ manifest, limits, threads: 1, sandbox, models, makeFolder, unpack, images, method });
  } finally {
    await models.close();
  }
}

/** A grey picture by its pixels, row by row. */
async function writeGreys(name: string, width: number, greys: readonly number[]): Promise<string> {
  const path = join(folder, `${name}.png`);
  const raw = { width, height: greys.length / width, channels: 1 } as const;
  await sharp(Buffer.from(greys), { raw }).toColourspace('b-w').png().toFile(path);
  return path;
}

/** 8 × 8 pixels whose quarters have means of 10, 20, 30, 40 and the pixels 2, 4, 8, 16 at their top left. */
async function writeQuarters(name: string, factor = 1): Promise<string> {
  const pixels = Array.from({ length: 64 }, (_, pixel) => {
    const [x, y] = [pixel % 8, Math.floor(pixel / 8)];
    const quarter = (y >> 2) * 2 + (x >> 2);
    const [mean, corner] = [10 * (quarter + 1), 2 ** (quarter + 1)];
    const isCorner = x % 4 === 0 && y % 4 === 0;
    // What the corner lacks, or has too much, is made up for by the pixel beside it.
    const isBeside = x % 4 === 1 && y % 4 === 0;
    return factor * (isCorner ? corner : isBeside ? 2 * mean - corner : mean);
  });
  return await writeGreys(name, 8, pixels);
}

const whole = { left: 0, top: 0, width: 1, height: 1 };

describe.each(['onnx', 'onnx, weights beside it', 'tfjs layers', 'tfjs graph'] as const)('of %s', (kind) => {
  const write = async (model: Parameters<typeof camWriters.onnx>[0]) => {
    if (kind === 'tfjs graph') return await rewriteAsGraph(await camWriters.tfjs(model));
    if (kind === 'tfjs layers') return await camWriters.tfjs(model);
    return await camWriters.onnx({ ...model, external: kind !== 'onnx' });
  };

  it('is exactly the sum of its features, each by its weight', async () => {
    const images = [await writeQuarters('one'), await writeQuarters('two', 2)];
    const [one, two] = await explain(await write({ weights: [[0.5, -0.25]] }), images);
    const expected = [5 - 0.5, 10 - 1, 15 - 2, 20 - 4];
    const logit = 0.5 * 25 - 0.25 * 7.5;
    expect(one).toEqual({
      method: 'cam',
      width: 2,
      height: 2,
      values: expected,
      area: whole,
      probability: expect.any(Number),
    });
    expect(one?.probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    expect(two?.values).toEqual(expected.map((each) => 2 * each));
  });

  it('takes the weights of the output that the manifest names', async () => {
    const bundle = await write({
      weights: [
        [1, 1],
        [0.5, -0.25],
        [0, 8],
      ],
    });
    bundle.manifest.output = { ...bundle.manifest.output, activation: 'softmax', index: 1 };
    const [map] = await explain(bundle, [await writeQuarters('one')]);
    expect(map?.values).toEqual([4.5, 9, 13, 16]);
  });

  it('says what does not fit, where the file did not tell', async () => {
    const bundle = await write({ weights: [[0.5, -0.25]] });
    const weights = kind.startsWith('onnx') ? 'kernels' : 'features/kernel';
    bundle.manifest.cam = { features: 'features', weights };
    await expect(explain(bundle, [await writeQuarters('one')])).rejects.toMatchObject({
      code: 'cam_mismatch',
      message: expect.stringMatching(/found features \[1, 2, 2(, 2)?\], weights/),
    });
  });
});

it.each(['onnx', 'tfjs'] as const)('keeps weights whole where a fixed batch is filled up: %s', async (engine) => {
  const model = {
    weights: [
      [1, 1],
      [0.5, -0.25],
      [0, 8],
    ] as [number, number][],
    fixedBatchSize: 3,
  };
  const bundle = await camWriters[engine](model);
  bundle.manifest.output = { ...bundle.manifest.output, activation: 'softmax', index: 1 };
  const images = await Promise.all([1, 2, 1, 2].map((factor, place) => writeQuarters(`fixed${place}`, factor)));
  const maps = await explain(bundle, images);
  expect(maps.map(({ values }) => values[3])).toEqual([16, 32, 16, 32]);
});

describe('by occlusion', () => {
  it.each(['onnx', 'tfjs'] as const)('the heat lies where the model looks: %s', async (engine) => {
    // Of the features only the second is used: the pixels at the quarters' corners. Only one of them is bright.
    const bundle = await camWriters[engine]({ weights: [[0, 0.05]] });
    const places = [4 * 8 + 4, 4];
    const paths = places.map((bright) =>
      writeGreys(
        `bright${bright}`,
        8,
        Array.from({ length: 64 }, (_, pixel) => (pixel === bright ? 250 : 0)),
      ),
    );
    const maps = await explain(bundle, await Promise.all(paths), 'occlusion');
    expect(maps).toMatchObject(places.map(() => ({ method: 'occlusion', width: 8, height: 8, area: whole })));
    const hot = maps.map(({ values }) => values.flatMap((value, place) => (value > 0.01 ? [place] : [])));
    // The squares of one pixel and of those beside it that cover that one.
    expect(hot).toEqual(places.map((place) => [place]));
  });
});

it('adds no output that an ONNX model has already', async () => {
  const bundle = await camWriters.onnx({ weights: [[0.5, -0.25]] });
  const path = join(bundle.directory, 'model.onnx');
  await exposeTensors(path, ['features']);
  await exposeTensors(path, ['features', 'w', 'values']);
  const { outputs } = await describeOnnx(createReadStream(path));
  expect(outputs.map(({ name }) => name)).toEqual(['values', 'features', 'w']);
  const [map] = await explain(bundle, [await writeQuarters('one')]);
  expect(map?.values).toEqual([4.5, 9, 13, 16]);
});

it('lies over the part of the picture that the model was shown', async () => {
  const bundle = await camWriters.onnx({ weights: [[0.5, -0.25]] });
  const wide = await writeGreys('wide', 32, Array<number>(32 * 16).fill(100));
  const areaOf = async (resize: 'stretch' | 'contain' | 'cover') => {
    bundle.manifest.input.resize = resize;
    return (await explain(bundle, [wide]))[0]?.area;
  };
  expect(await areaOf('stretch')).toEqual(whole);
  expect(await areaOf('contain')).toEqual({ left: 0, top: -0.5, width: 1, height: 2 });
  expect(await areaOf('cover')).toEqual({ left: 0.25, top: 0, width: 0.5, height: 1 });
});

it('is made of no program, and by occlusion where no feature maps are named', async () => {
  const { manifest, directory } = await camWriters.onnx({ weights: [[1, 1]] });
  expect(chooseHeatMapMethod(manifest)).toBe('cam');
  const { cam: _, ...unnamed } = manifest;
  expect(chooseHeatMapMethod(unnamed)).toBe('occlusion');
  const command: ResolvedCommandManifest = {
    ...{ name: 'c', engine: 'command', command: ['true'], threshold: 0.5, image: null, gpu: false },
    ...{ memoryBytes: null, timeLimitSeconds: null, environment: {} },
  };
  expect(chooseHeatMapMethod(command)).toBe('occlusion');
  const models = keepProcessReady({ sandbox, makeFolder });
  const unpack = copyFrom(directory);
  const options = { manifest: command, limits, threads: 1, sandbox, models, makeFolder, unpack, images: [] };
  await expect(explainImages({ ...options, method: 'occlusion' })).rejects.toMatchObject({
    code: 'heat_map_unavailable',
  });
  await models.close();
});
