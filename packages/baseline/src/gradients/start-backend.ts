import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ready, setBackend } from '@tensorflow/tfjs-core';
// TF.js' layers bring the gradients of all operations with them.
import '@tensorflow/tfjs-layers';
import { registerConvolutionGradients } from './convolution-gradients.js';

/** Starts TF.js on WebAssembly and gives it what it lacks for training. */
export async function startBackend(): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  if (!(await setBackend('wasm'))) throw new Error('The WebAssembly backend of TF.js did not start.');
  await ready();
  registerConvolutionGradients('wasm');
}
