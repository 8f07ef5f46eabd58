import { createRequire } from 'node:module';
import type { LoadOptions } from '../engine.js';
import { nameEngine } from '../name-engine.js';
import { findTensorflow } from './find-tensorflow.js';
import type { Tfjs, TfjsBackend } from './tfjs-backend.js';

/** What `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu` export besides all of TF.js. */
type TfjsNode = Tfjs & { backend(): { readonly isUsingGpuDevice: boolean } };

/** TF.js on TensorFlow itself. */
export async function startTensorflow(device: 'cuda' | 'cpu', { threads }: LoadOptions): Promise<TfjsBackend> {
  const name = findTensorflow(device);
  if (name === null) throw new Error('TensorFlow is not installed.');
  // Its words of greeting would stand in the team's log.
  process.env.TF_CPP_MIN_LOG_LEVEL = '2';
  process.env.NVIDIA_TF32_OVERRIDE = '0';
  const tfjs: TfjsNode = createRequire(import.meta.url)(name);
  await tfjs.setBackend('tensorflow');
  // Without the libraries of its CUDA it goes on by itself on the processor, and says nothing.
  if (device === 'cuda' && !tfjs.backend().isUsingGpuDevice) throw new Error('TensorFlow sees no GPU.');
  return { tfjs, name: 'tensorflow', device, engineVersion: nameEngine('tfjs', device), threads };
}
