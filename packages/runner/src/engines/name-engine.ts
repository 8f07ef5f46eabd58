import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ResolvedModelManifest } from '@holdout/contracts';
import type { Device } from './engine.js';
import { findTensorflow } from './tfjs/find-tensorflow.js';

/** The engine's name and version, as `onnxruntime-node 1.30.0`; of TF.js by what runs on the device. */
export function nameEngine(engine: ResolvedModelManifest['engine'], device?: Device): string {
  if (engine === 'onnx') return `onnxruntime-node ${readVersion('onnxruntime-node')}`;
  const tensorflow = device === 'cuda' || device === 'cpu' ? findTensorflow(device) : null;
  if (tensorflow) return `${tensorflow} ${readVersion(tensorflow)}`;
  const name = `@tensorflow/tfjs ${readVersion('@tensorflow/tfjs-core')}`;
  return device === 'webgpu' ? `${name} with webgpu ${readVersion('webgpu')}` : name;
}

function readVersion(packageName: string): string {
  const path = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return String(JSON.parse(readFileSync(path, 'utf8')).version);
}
