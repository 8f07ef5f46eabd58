import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseGpus, createSandbox, openPixels, type Sandbox } from '@holdout/runner';
import { writeDensenets } from '../gpu/write-densenets.js';
import type { Measurement, Row } from '../measurement.js';
import { type BundleRun, type BundleToRun, runAsWorker } from '../run-in-sandbox.js';
import { prepareTorch } from '../torch/prepare-torch.js';
import { writeRadiographs } from '../write-radiographs.js';

/**
 * A DenseNet-169 through all that a worker does with a bundle, on a GPU by each engine, against the same weights on all
 * cores; and PyTorch's, with weights of its own, where it has that GPU. `HOLDOUT_GPUS` says which GPU.
 */
export const measureGpu: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const [gpu] = chooseGpus(process.env.HOLDOUT_GPUS ?? 'all');
  if (!gpu) {
    say('left out: there is no GPU here');
    return [];
  }
  const { onnx, tfjs } = await writeDensenets(directory);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const torch = await prepareTorch(directory, images);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const ways = [
    { name: 'ONNX Runtime on the processor', bundle: onnx, runs: [] as Pair[] },
    { name: 'ONNX Runtime on the GPU', bundle: onnx, gpu, runs: [] as Pair[] },
    { name: 'TF.js on the GPU', bundle: tfjs, gpu, runs: [] as Pair[] },
  ];
  const torchSpeeds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { name, bundle, gpu: given, runs } of ways) {
      const onLog = (line: string) => say(`${name}: ${line}`);
      runs.push(await runTwice(sandbox, { ...bundle, images, onLog, ...(given ? { gpu: given } : {}) }, directory));
    }
    if (torch?.hasCuda) torchSpeeds.push(imageCount / (await torch.predict({ device: 'cuda' })).seconds);
    say(`round ${round + 1} of ${rounds}`);
  }
  const [processor, ...onGpu] = ways;
  if (!processor) return [];
  return onGpu.flatMap(({ name, runs }) => describeRuns(name, runs, processor.runs, torchSpeeds));
};

/** A bundle whose images are decoded beside it, and another of the same input, which finds them decoded. */
interface Pair {
  readonly first: BundleRun;
  readonly second: BundleRun;
}

async function runTwice(sandbox: Sandbox, bundle: BundleToRun, directory: string): Promise<Pair> {
  const folder = await mkdtemp(join(directory, 'decoded-'));
  const pixels = await openPixels({ directory: folder, limitBytes: 20e9 });
  const first = await runAsWorker(sandbox, { ...bundle, pixels });
  const second = await runAsWorker(sandbox, { ...bundle, pixels });
  await pixels.close();
  await rm(folder, { recursive: true });
  return { first, second };
}

function describeRuns(
  name: string,
  runs: readonly Pair[],
  processor: readonly Pair[],
  torchSpeeds: readonly number[],
): Measurement[] {
  const [run] = runs;
  if (!run) return [];
  const { device, adapter, engineVersion, batchSize } = run.second.provenance;
  const facts = {
    images: run.first.probabilities.length,
    ...{ device, engineVersion, batchSize, ...(adapter === null ? {} : { adapter }) },
    // Probabilities that are all the same would differ by nothing.
    spread: Math.max(...run.second.probabilities) - Math.min(...run.second.probabilities),
    largestDifference: Math.max(...runs.map((each, round) => findDifference(each.second, processor[round]?.second))),
  };
  const row = (what: string, which: keyof Pair, seconds: Seconds, other?: Measurement['against']): Measurement => ({
    ...{ what, unit: 'images/s', samples: speedsOf(runs, which, seconds), facts },
    against: other ?? { what: 'ONNX Runtime, all cores', samples: speedsOf(processor, which, seconds) },
  });
  const torch = { what: 'PyTorch on CUDA, from the start of its process', samples: torchSpeeds };
  return [
    row(`DenseNet-169, ${name}, images decoded beside it`, 'first', afterLoad),
    row('… a second bundle of the same input', 'second', afterLoad),
    row('… … with its unpacking and the loading of the model', 'second', whole),
    ...(torchSpeeds.length === 0 ? [] : [row('… … the same', 'second', whole, torch)]),
  ];
}

type Seconds = (durations: BundleRun['durations']) => number;
// Not `inferenceSeconds`, which leaves out the waiting for images.
const afterLoad: Seconds = ({ totalSeconds, loadSeconds }) => totalSeconds - loadSeconds;
const whole: Seconds = ({ totalSeconds }) => totalSeconds;

function speedsOf(runs: readonly Pair[], which: keyof Pair, seconds: Seconds): number[] {
  return runs.map((pair) => pair[which].probabilities.length / seconds(pair[which].durations));
}

/** By how much two runs' probabilities of an image differ at most. */
function findDifference(some: BundleRun, others: BundleRun | undefined): number {
  return Math.max(
    ...some.probabilities.map((value, at) => Math.abs(value - (others?.probabilities[at] ?? Number.NaN))),
  );
}
