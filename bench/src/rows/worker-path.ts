import { join } from 'node:path';
import { createSandbox } from '@holdout/runner';
import { writeDensenet169 } from '../densenet/write-densenet169.js';
import type { Row } from '../measurement.js';
import { measureBesideEngine } from '../worker-path/measure-beside-engine.js';
import { writeRadiographs } from '../write-radiographs.js';

/**
 * Images a second of a DenseNet-169 through all that the worker does with a bundle (a sandbox, PNGs from disk, decoded and
 * resized, batches, checked outputs), against onnxruntime-node alone on tensors that are ready.
 */
export const measureWorkerPath: Row = async ({ directory, rounds, images: imageCount, say }) => {
  const bundle = await writeDensenet169(directory);
  say(`wrote a DenseNet-169; drawing ${imageCount} radiographs`);
  const images = await writeRadiographs(join(directory, 'images'), imageCount);
  const sandbox = await createSandbox({ kind: 'bubblewrap' });
  const what = { name: 'DenseNet-169', least: 0.95 };
  return await measureBesideEngine(what, { sandbox, bundle: { ...bundle, images }, directory, rounds, say });
};
