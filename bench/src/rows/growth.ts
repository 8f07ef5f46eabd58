import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSandbox, openPixels, type RunImage } from '@holdout/runner';
import {
  findWarnings,
  makeResamples,
  rankIntervals,
  resampleEntries,
  scoreIntervals,
  scorePredictions,
} from '@holdout/scoring';
import { createRandom } from '../densenet/random.js';
import { measureBoards } from '../growth/measure-boards.js';
import { writeTinyBundle } from '../growth/write-tiny-bundle.js';
import type { BenchOptions, Measurement, Row } from '../measurement.js';
import { runInSandbox } from '../run-in-sandbox.js';
import { timeAsync } from '../time-async.js';
import { writeQuickBundle } from '../worker-path/write-quick-bundle.js';
import { writeRadiographs } from '../write-radiographs.js';
import { makeStudies, predictStudy, time } from './scoring.js';

const factors = [1, 10, 100] as const;
const studies = 207;
/** A tenth of what a test set has. */
const images = 28;

/**
 * What grows with the work: studies of a test set and entries of a board, as they are for MURA, tenfold and a hundredfold.
 * The exponent is the slope of the medians in a plot with logarithmic axes: 1 where ten times the work takes ten times as
 * long.
 */
export const measureGrowth: Row = async (options) => [
  ...(await measureRuns(options)),
  ...measureScoring(options),
  ...measureRanks(options),
  ...(await measureBoards(options, factors)).flatMap(([what, samples]) =>
    describeGrowth(what, 'entries', 100, samples),
  ),
];

/**
 * Two models from the start of their sandbox: one that does nothing, on images that are decoded, so that what is left is all
 * that an image costs besides; and a quick one, with nothing decoded before.
 */
async function measureRuns({ directory, rounds, say }: BenchOptions): Promise<Measurement[]> {
  const tiny = await writeTinyBundle(join(directory, 'tiny'));
  const quick = await writeQuickBundle(join(directory, 'quick'));
  const some = await writeRadiographs(join(directory, 'images'), images);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  await mkdir(join(directory, 'decoded'), { recursive: true });
  const pixels = await openPixels({ directory: join(directory, 'decoded'), limitBytes: 20e9 });
  const samples = { tiny: [] as number[][], quick: [] as number[][] };
  for (const factor of factors) {
    const listed: RunImage[] = Array.from(
      { length: images * factor },
      (_, place) => some[place % some.length] ?? fail(),
    );
    const runTiny = () => runInSandbox(sandbox, { ...tiny, images: listed, pixels });
    // Without digests each is decoded, and nothing is kept.
    const unnamed = listed.map(({ path }) => ({ path }));
    const runQuick = () => runInSandbox(sandbox, { ...quick, images: unnamed });
    samples.tiny.push(await repeat(runTiny, rounds));
    samples.quick.push(await repeat(runQuick, rounds));
    say(`runs of ${listed.length} images`);
  }
  await pixels.close();
  const start = 'from the start of its sandbox';
  return [
    ...describeGrowth(
      `a run of a model that does nothing, ${start}, images decoded before`,
      'images',
      images,
      samples.tiny,
    ),
    ...describeGrowth(`a run of a model of 2 ms, ${start}, images decoded beside it`, 'images', images, samples.quick),
  ];
}

/** The first is not counted. */
async function repeat(run: () => Promise<unknown>, rounds: number): Promise<number[]> {
  await run();
  const milliseconds: number[] = [];
  for (let round = 0; round < rounds; round++) milliseconds.push(await timeAsync(run));
  return milliseconds;
}

function measureScoring({ rounds, say }: BenchOptions): Measurement[] {
  const found = factors.map((factor) => {
    const random = createRandom(20 + factor);
    const gold = makeStudies(studies * factor, random);
    const predictions = gold.map((study) => ({ ...predictStudy(study, random), imageProbabilities: [] }));
    const run = { predictions, missing: [] };
    const of = (work: () => unknown) => sample(work, rounds);
    const all = {
      check: of(() => findWarnings(run, null, gold)),
      score: of(() => scorePredictions(gold, predictions)),
      intervals: of(() => scoreIntervals(gold, predictions)),
    };
    say(`scoring of ${gold.length} studies`);
    return all;
  });
  return [
    ...describeGrowth(
      'what looks wrong in a check',
      'studies',
      studies,
      found.map(({ check }) => check),
    ),
    ...describeGrowth(
      'scoring',
      'studies',
      studies,
      found.map(({ score }) => score),
    ),
    ...describeGrowth(
      'all intervals, 2,000 resamples',
      'studies',
      studies,
      found.map(({ intervals }) => intervals),
    ),
  ];
}

/** Once it is compiled: what has run a hundred times, or for a second, takes as long every time. */
function sample(work: () => unknown, rounds: number): number[] {
  const startedAt = performance.now();
  for (let runs = 0; runs < warmUps && performance.now() - startedAt < 1000; runs++) work();
  return Array.from({ length: rounds }, () => time(work));
}

const warmUps = 100;

/** Of the 500 entries that a board tells ranks of at most, a hundredth, a tenth and all. */
function measureRanks({ rounds, say }: BenchOptions): Measurement[] {
  const random = createRandom(9);
  const gold = makeStudies(studies, random);
  const samples = factors.map((factor) => {
    const predictions = Array.from({ length: 5 * factor }, () => gold.map((study) => predictStudy(study, random)));
    const find = () => time(() => rankIntervals(resampleEntries(makeResamples(gold), predictions)));
    find();
    return Array.from({ length: rounds }, find);
  });
  say('ranks');
  return describeGrowth('rank intervals, 2,000 resamples', 'entries', 5, samples);
}

/** @param samples - milliseconds, for each factor */
function describeGrowth(what: string, counted: string, least: number, samples: readonly number[][]): Measurement[] {
  const medians = samples.map((some) => some.toSorted((a, b) => a - b)[Math.floor(some.length / 2)] ?? Number.NaN);
  return [
    ...samples.map((some, place) => {
      const count = (least * (factors[place] ?? 1)).toLocaleString('en');
      return { what: `${what}: ${count} ${counted}`, unit: 'ms', samples: some };
    }),
    { what: '… exponent', unit: '', samples: [findSlope(factors.map(Math.log), medians.map(Math.log))] },
    // What is the same however much there is weighs less here.
    {
      what: '… exponent of the last tenfold',
      unit: '',
      samples: [findSlope(factors.map(Math.log).slice(-2), medians.map(Math.log).slice(-2))],
    },
  ];
}

/** Least squares. */
function findSlope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, value, place) => sum + (value - x) * ((ys[place] ?? y) - y), 0);
  return covariance / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
}

function fail(): never {
  throw new Error('No radiograph was drawn.');
}
