import { join } from 'node:path';
import { networks } from '@holdout/baseline';
import { buildDenseNet, startBackend, writeBundle } from '@holdout/baseline/network';
import { checkBundle } from '@holdout/bundle';
import { openFolder } from '@holdout/bundle/node';
import { describeDensenet } from '../densenet/write-densenet169.js';
import type { BundleToRun } from '../run-in-sandbox.js';

export type WrittenBundle = Pick<BundleToRun, 'bundleDirectory' | 'manifest'>;

/** Writes one DenseNet-169 of 320×320 with drawn weights as a bundle of each engine. */
export async function writeDensenets(directory: string): Promise<{ onnx: WrittenBundle; tfjs: WrittenBundle }> {
  await startBackend();
  const network = buildDenseNet(networks.densenet169, { seed: 'bench' });
  const { name, input } = describeDensenet('DenseNet-169, drawn weights');
  const { width, height, channels, resize, scale, mean, std } = input;
  const words = {
    name,
    input: { width, height, channels, resize, scale, mean, std },
    output: { name: 'probability', activation: 'none' },
    studyAggregation: 'mean',
    threshold: 0.5,
  } as const;
  const write = async (format: 'onnx' | 'tfjs'): Promise<WrittenBundle> => {
    const bundleDirectory = join(directory, `densenet169-${format}`);
    await writeBundle(bundleDirectory, format, network, {
      ...words,
      input: { ...words.input, mean: [...mean], std: [...std] },
    });
    const { manifest } = await checkBundle(await openFolder(bundleDirectory));
    if (manifest.engine === 'command') throw new Error('A model was taken for a program.');
    return { bundleDirectory, manifest };
  };
  return { onnx: await write('onnx'), tfjs: await write('tfjs') };
}
