import { type EngineDevice, type VisibleGpu, withoutGpu } from '../engine.js';
import { findWebgpuObstacle } from '../webgpu/find-obstacle.js';
import { findTensorflow } from './find-tensorflow.js';
import { loadTfjsModel } from './load-tfjs-model.js';
import { startTensorflow } from './start-tensorflow.js';
import { startWasm } from './start-wasm.js';
import { startWebgpu } from './start-webgpu.js';

/** The devices of TF.js, the fastest first. */
export const tfjsDevices: readonly EngineDevice[] = [
  {
    kind: 'cuda',
    findObstacle: findCudaObstacle,
    load: async (options) => await loadTfjsModel(await startTensorflow('cuda', options), options),
  },
  {
    kind: 'webgpu',
    findObstacle: findWebgpuObstacle,
    async load(options) {
      const adapter = options.gpu?.adapter;
      if (!adapter) throw new Error('There is no GPU.');
      return await loadTfjsModel(await startWebgpu(adapter), options);
    },
  },
  {
    kind: 'cpu',
    findObstacle: findTensorflowObstacle,
    load: async (options) => await loadTfjsModel(await startTensorflow('cpu', options), options),
  },
  {
    kind: 'wasm',
    findObstacle: () => null,
    load: async (options) => await loadTfjsModel(await startWasm(options.threads), options),
  },
];

function findTensorflowObstacle(gpu: VisibleGpu | null): string | null {
  // One process can have it once, and where it sees a GPU it computes there.
  if (gpu && findTensorflow('cuda')) return 'TensorFlow has the GPU';
  return findTensorflow('cpu') ? null : '@tensorflow/tfjs-node is not installed';
}

function findCudaObstacle(gpu: VisibleGpu | null): string | null {
  if (!gpu) return withoutGpu;
  return findTensorflow('cuda') ? null : '@tensorflow/tfjs-node-gpu is not installed';
}
