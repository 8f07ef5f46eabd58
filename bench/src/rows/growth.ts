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
import { writeRadiographs } from '../write-radiographs.js';
import { makeStudies, predictStudy, time } from './scoring.js';

const factors = [1, 10, 100] as const;
const studies = 207;
/** A tenth of what a test set has: each is decoded once, whatever it is that is measured. */
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

/** A model that does nothing, on images that are decoded: what is left is all that an image costs besides. */
async function measureRuns({ directory, rounds, say }: BenchOptions): Promise<Measurement[]> {
  const bundle = await writeTinyBundle(join(directory, 'tiny'));
  const some = await writeRadiographs(join(directory, 'images'), 28);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  await mkdir(join(directory, 'decoded'), { recursive: true });
  const pixels = await openPixels({ directory: join(directory, 'decoded'), limitBytes: 20e9 });
  const samples: number[][] = [];
  for (const factor of factors) {
    const list: RunImage[] = Array.from({ length: images * factor }, (_, place) => ({
      ...(some[place % some.length] ?? fail()),
    }));
    const run = () => runInSandbox(sandbox, { ...bundle, images: list, pixels });
    await run();
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) seconds.push(await timeAsync(run));
    samples.push(seconds);
    say(`a run of ${list.length} images`);
  }
  await pixels.close();
  return describeGrowth('a run of a model that does nothing, from the start of its sandbox', 'images', images, samples);
}

function measureScoring({ rounds, say }: BenchOptions): Measurement[] {
  const found = factors.map((factor) => {
    const random = createRandom(20 + factor);
    const gold = makeStudies(studies * factor, random);
    const predictions = gold.map((study) => ({ ...predictStudy(study, random), imageProbabilities: [] }));
    const run = { predictions, missing: [] };
    const of = (work: () => unknown) => Array.from({ length: rounds + 1 }, () => time(work)).slice(1);
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

/** Of the 500 entries that a board tells ranks of at most, a hundredth, a tenth and all. */
function measureRanks({ rounds, say }: BenchOptions): Measurement[] {
  const random = createRandom(9);
  const gold = makeStudies(studies, random);
  const samples = factors.map((factor) => {
    const predictions = Array.from({ length: 5 * factor }, () => gold.map((study) => predictStudy(study, random)));
    const find = () => time(() => rankIntervals(resampleEntries(makeResamples(gold), predictions)));
    return Array.from({ length: rounds + 1 }, find).slice(1);
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
