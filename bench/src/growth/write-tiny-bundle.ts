import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OnnxModel } from '../densenet/onnx-model.js';
import { describeDensenet } from '../densenet/write-densenet169.js';

const side = 32;

/** A bundle whose model only looks at the mean of each channel: it takes no time worth mentioning. */
export async function writeTinyBundle(bundleDirectory: string) {
  await mkdir(bundleDirectory, { recursive: true });
  const model = new OnnxModel();
  const means = model.addNode('Flatten', [model.addNode('GlobalAveragePool', ['input'])], { axis: 1 });
  const weights = model.addWeights(new Float32Array(3).fill(0.1), [1, 3]);
  const logit = model.addNode('Gemm', [means, weights, model.addWeights(new Float32Array(1), [1])], { transB: 1 });
  model.addNode('Sigmoid', [logit], {}, 'output');
  const input = { name: 'input', dimensions: ['batch', 3, side, side] };
  const bytes = model.finish('tiny', input, { name: 'output', dimensions: ['batch', 1] });
  const described = describeDensenet('tiny');
  const manifest = { ...described, input: { ...described.input, width: side, height: side } };
  await writeFile(join(bundleDirectory, manifest.model), bytes);
  return { bundleDirectory, manifest };
}
