import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ResolvedModelManifest } from '@holdout/contracts';

/** The package whose version is the engine's. */
const enginePackages = { onnx: 'onnxruntime-node', tfjs: '@tensorflow/tfjs-core' } as const;
const shownNames = { onnx: 'onnxruntime-node', tfjs: '@tensorflow/tfjs' } as const;

/** The engine's name and version, as `onnxruntime-node 1.30.0`. */
export function nameEngine(engine: ResolvedModelManifest['engine']): string {
  const path = createRequire(import.meta.url).resolve(`${enginePackages[engine]}/package.json`);
  return `${shownNames[engine]} ${JSON.parse(readFileSync(path, 'utf8')).version}`;
}
