import { join } from 'node:path';
import { createSandbox } from '@holdout/runner';
import { startReadyTensors } from '../densenet/start-ready-tensors.js';
import { writeDensenet169 } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { type BundleRun, runInSandbox } from '../run-in-sandbox.js';
import { writeRadiographs } from '../write-radiographs.js';

/**
 * Images a second of a DenseNet-169 through all that the worker does with a bundle (a process of its own, PNGs from
 * disk, decoded and resized, batches, checked outputs), against onnxruntime-node alone on tensors that are ready.
 */
export const measureWorkerPath: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const { bundleDirectory, manifest } = await writeDensenet169(directory);
  say(`wrote a DenseNet-169; drawing ${imageCount} radiographs`);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const runOnce = () => runInSandbox(sandbox, { bundleDirectory, manifest, images });

  // The first run warms the disk cache, and tells which threads and batch size to compare with.
  const { provenance } = await runOnce();
  const alone = startReadyTensors(join(bundleDirectory, manifest.model), provenance.threads, provenance.batchSize);
  const runs: BundleRun[] = [];
  const aloneSpeeds: number[] = [];
  try {
    await alone.predict(2 * provenance.batchSize);
    for (let round = 0; round < rounds; round++) {
      // Turn about who goes first: what a run leaves behind in the machine meets both alike.
      if (round % 2 === 1) runs.push(await runOnce());
      aloneSpeeds.push(imageCount / (await alone.predict(imageCount)));
      if (round % 2 === 0) runs.push(await runOnce());
      say(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    alone.stop();
  }

  const against = { what: 'onnxruntime-node, tensors ready', samples: aloneSpeeds };
  const { engineVersion, device, threads, batchSize } = provenance;
  const facts = { images: imageCount, engineVersion, device, threads, batchSize };
  const speeds = (seconds: (run: BundleRun) => number) => runs.map((run) => imageCount / seconds(run));
  return [
    {
      what: 'DenseNet-169 through the worker',
      unit: 'images/s',
      // Not `inferenceSeconds`, which leaves out the waiting for images.
      samples: speeds(({ durations }) => durations.totalSeconds - durations.loadSeconds),
      against,
      aim: { of: 'ratio', comparison: 'atLeast', value: 0.9 },
      facts,
    },
    {
      what: '… and with the loading of the model',
      unit: 'images/s',
      samples: speeds(({ durations }) => durations.totalSeconds),
      against,
      facts,
    },
    {
      what: '… peak memory of its process',
      unit: 'MiB',
      samples: runs.map(({ peakMemoryBytes }) => peakMemoryBytes / 2 ** 20),
      facts,
    },
  ];
};
