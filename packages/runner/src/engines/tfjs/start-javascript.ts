import * as tf from '@tensorflow/tfjs-core';
import { nameEngine } from '../name-engine.js';
import { ownTfjs, type TfjsBackend } from './tfjs-backend.js';

/** TF.js on plain JavaScript, which has the most operations of all its backends and is far slower than any. */
export async function startJavascript(): Promise<TfjsBackend> {
  const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) throw new Error('The JavaScript backend of TF.js did not start.');
  await tf.ready();
  const backend = tf.backend();
  // Its advice to install another one would stand in the team's log.
  if (backend instanceof MathBackendCPU) Object.assign(backend, { firstUse: false });
  return { tfjs: ownTfjs, name: 'cpu', device: 'javascript', engineVersion: nameEngine('tfjs'), threads: 1 };
}
