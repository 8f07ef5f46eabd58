import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPixels, type Sandbox } from '@holdout/runner';
import { startReadyTensors } from '../densenet/start-ready-tensors.js';
import type { Measurement } from '../measurement.js';
import { type BundleRun, type BundleToRun, runAsWorker, runInSandbox } from '../run-in-sandbox.js';

interface Options {
  readonly sandbox: Sandbox;
  readonly bundle: BundleToRun;
  readonly directory: string;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Enough for a batch size to be found. */
const warmUpImages = 96;

/**
 * Runs a bundle as the first of its kind, whose images are decoded beside it, and as the second, which finds them decoded;
 * both against onnxruntime-node alone on tensors that are ready.
 *
 * @param what.least - the ratio that is hoped for
 */
export async function measureBesideEngine(
  what: { name: string; least?: number },
  { sandbox, bundle, directory, rounds, say }: Options,
): Promise<Measurement[]> {
  const imageCount = bundle.images.length;
  const run = { first: [] as BundleRun[], second: [] as BundleRun[] };
  const decoded = { first: [] as number[], second: [] as number[] };
  const runBoth = async () => {
    const folder = await mkdtemp(join(directory, 'decoded-'));
    const pixels = await openPixels({ directory: folder, limitBytes: 20e9 });
    for (const time of ['first', 'second'] as const) {
      const before = pixels.countDecoded();
      run[time].push(await runAsWorker(sandbox, { ...bundle, pixels }));
      decoded[time].push(pixels.countDecoded() - before);
    }
    await pixels.close();
    await rm(folder, { recursive: true });
  };
  // Warms the disk cache, and tells which threads and batch size to compare with.
  const { provenance } = await runInSandbox(sandbox, { ...bundle, images: bundle.images.slice(0, warmUpImages) });
  const modelPath = join(bundle.bundleDirectory, bundle.manifest.model);
  const alone = startReadyTensors(modelPath, provenance.threads, provenance.batchSize);
  const aloneSpeeds: number[] = [];
  try {
    await alone.predict(2 * provenance.batchSize);
    for (let round = 0; round < rounds; round++) {
      // Turn about who goes first: what a run leaves behind in the machine meets both alike.
      if (round % 2 === 1) await runBoth();
      aloneSpeeds.push(imageCount / (await alone.predict(imageCount)));
      if (round % 2 === 0) await runBoth();
      say(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    alone.stop();
  }

  const { engineVersion, device, threads, batchSize } = provenance;
  const facts = { images: imageCount, engineVersion, device, threads, batchSize };
  const against = { what: 'onnxruntime-node, tensors ready', samples: aloneSpeeds };
  const speeds = (runs: readonly BundleRun[], seconds: (one: BundleRun['durations']) => number) =>
    runs.map(({ durations }) => imageCount / seconds(durations));
  // Not `inferenceSeconds`, which leaves out the waiting for images.
  const afterLoad = ({ totalSeconds, loadSeconds }: BundleRun['durations']) => totalSeconds - loadSeconds;
  const aim = what.least ? { aim: { of: 'ratio', comparison: 'atLeast', value: what.least } as const } : {};
  return [
    {
      what: `${what.name}, images decoded beside it`,
      unit: 'images/s',
      samples: speeds(run.first, afterLoad),
      against,
      ...aim,
      facts,
    },
    {
      what: '… a second bundle of the same input',
      unit: 'images/s',
      samples: speeds(run.second, afterLoad),
      against,
      ...aim,
      facts,
    },
    {
      what: '… … with its unpacking and the loading of the model',
      unit: 'images/s',
      samples: speeds(run.second, (one) => one.totalSeconds),
      against,
      facts,
    },
    { what: '… images decoded for the first', unit: 'images', samples: decoded.first, facts },
    {
      what: '… and for the second',
      unit: 'images',
      samples: decoded.second,
      aim: { of: 'median', comparison: 'below', value: 1 },
      facts,
    },
    {
      what: '… peak memory of its process',
      unit: 'MiB',
      samples: run.first.map(({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20),
      facts,
    },
  ];
}
