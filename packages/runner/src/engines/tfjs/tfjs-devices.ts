import { type EngineDevice, type VisibleGpu, withoutGpu } from '../engine.js';
import { findWebgpuObstacle } from '../webgpu/find-obstacle.js';
import { findTensorflow } from './find-tensorflow.js';
import { loadTfjsModel } from './load-tfjs-model.js';
import { startJavascript } from './start-javascript.js';
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
  {
    kind: 'javascript',
    findObstacle: () => null,
    load: async (options) => await loadTfjsModel(await startJavascript(), options),
    // It has operations that the others lack, such as Einsum. All else that goes wrong there goes wrong here, and slowly.
    mayHelp: isOfMissingOperation,
  },
];

/** TF.js has no name for this error, and words it in two ways. */
function isOfMissingOperation(failure: unknown): boolean {
  return failure instanceof Error && /^(Kernel '|Cannot find registered kernel ')/.test(failure.message);
}

function findTensorflowObstacle(gpu: VisibleGpu | null): string | null {
  // One process can have it once, and where it sees a GPU it computes there.
  if (gpu && findTensorflow('cuda')) return 'TensorFlow has the GPU';
  return findTensorflow('cpu') ? null : '@tensorflow/tfjs-node is not installed';
}

function findCudaObstacle(gpu: VisibleGpu | null): string | null {
  if (!gpu) return withoutGpu;
  return findTensorflow('cuda') ? null : '@tensorflow/tfjs-node-gpu is not installed';
}
