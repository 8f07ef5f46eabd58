import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedModelManifest } from '@holdout/contracts';
import { densenetSide, makeDensenet169 } from './make-densenet169.js';

/** Writes a bundle of DenseNet-169 with random weights. */
export async function writeDensenet169(directory: string) {
  const bundleDirectory = join(directory, 'densenet169');
  await mkdir(bundleDirectory, { recursive: true });
  const manifest = describeDensenet('DenseNet-169, random weights');
  await writeFile(join(bundleDirectory, manifest.model), makeDensenet169(169));
  return { bundleDirectory, manifest };
}

/** Writes the same weights as plain numbers, one after the other in the order of torchvision's state. */
export async function writeDensenetWeights(path: string): Promise<void> {
  const weights: Buffer[] = [];
  makeDensenet169(169, ({ buffer, byteOffset, byteLength }) =>
    weights.push(Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength))),
  );
  await writeFile(path, Buffer.concat(weights));
}

/** What a model of N×3×320×320 that was trained on ImageNet's colours asks for. */
export function describeDensenet(name: string): ResolvedModelManifest {
  return {
    name,
    engine: 'onnx',
    model: 'model.onnx',
    studyAggregation: 'mean',
    threshold: 0.5,
    input: {
      name: 'input',
      width: densenetSide,
      height: densenetSide,
      channels: 3,
      layout: 'nchw',
      resize: 'stretch',
      scale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      fixedBatchSize: null,
    },
    output: { name: 'output', activation: 'none', index: 0 },
  };
}
