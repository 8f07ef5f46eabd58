import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { nameEngine } from '../name-engine.js';
import { ownTfjs, type TfjsBackend } from './tfjs-backend.js';

/** TF.js on WebAssembly, which every machine has. */
export async function startWasm(threads: number): Promise<TfjsBackend> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  setThreadsCount(threads);
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TF.js did not start.');
  await tf.ready();
  const device = tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'wasm-simd' : 'wasm';
  return { tfjs: ownTfjs, name: 'wasm', device, engineVersion: nameEngine('tfjs'), threads: 1 };
}
