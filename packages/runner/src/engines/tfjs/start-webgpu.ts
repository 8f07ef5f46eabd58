import * as tf from '@tensorflow/tfjs-core';
import { nameEngine } from '../name-engine.js';
import type { Adapter } from '../webgpu/find-adapter.js';
import { ownTfjs, type TfjsBackend } from './tfjs-backend.js';

/** What its operations need more of than WebGPU promises everywhere. */
const limitNames = [
  ...['maxComputeWorkgroupStorageSize', 'maxComputeWorkgroupsPerDimension', 'maxStorageBufferBindingSize'],
  ...['maxBufferSize', 'maxComputeWorkgroupSizeX', 'maxComputeInvocationsPerWorkgroup'],
] as const;

/** TF.js on a GPU, through Dawn. */
export async function startWebgpu({ handle }: Adapter): Promise<TfjsBackend> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  if (!tf.findBackend('webgpu')) {
    const requiredLimits = Object.fromEntries(
      limitNames.map((name) => [name, handle.limits[name as keyof GPUSupportedLimits]]),
    );
    const device = await handle.requestDevice({ requiredLimits: requiredLimits as Record<string, number> });
    // It asks for a browser's; after its import, which else would open a GPU of its own.
    Object.assign(globalThis, { navigator: { gpu: {} } });
    tf.registerBackend('webgpu', () => new WebGPUBackend(device, handle.info));
  }
  if (!(await tf.setBackend('webgpu'))) throw new Error('The WebGPU backend of TF.js did not start.');
  await tf.ready();
  return { tfjs: ownTfjs, name: 'webgpu', device: 'webgpu', engineVersion: nameEngine('tfjs', 'webgpu'), threads: 1 };
}
