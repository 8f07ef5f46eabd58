import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type EngineDevice, type VisibleGpu, withoutGpu } from '../engine.js';
import { findWebgpuObstacle } from '../webgpu/find-obstacle.js';
import { loadOnGpu, loadOnnxModel } from './load-onnx-model.js';

/** ONNX Runtime's devices, the fastest first. */
export const onnxDevices: readonly EngineDevice[] = [
  {
    kind: 'cuda',
    findObstacle: findCudaObstacle,
    async load(options) {
      // Else matrices are multiplied with ten bits behind the point, and no two devices agree.
      process.env.NVIDIA_TF32_OVERRIDE = '0';
      // The one GPU that is shown to this process is the first to it.
      return await loadOnGpu({ name: 'cuda', deviceId: 0 }, options);
    },
  },
  {
    kind: 'webgpu',
    findObstacle: findWebgpuObstacle,
    load: (options) => loadOnGpu({ name: 'webgpu' }, options),
  },
  { kind: 'cpu', findObstacle: () => null, load: (options) => loadOnnxModel({ name: 'cpu' }, options) },
];

function findCudaObstacle(gpu: VisibleGpu | null): string | null {
  if (!gpu) return withoutGpu;
  return hasCudaProvider() ? null : 'ONNX Runtime’s CUDA libraries are not installed';
}

/** It is too large for npm: onnxruntime-node's install script fetches it, where it is told to. */
function hasCudaProvider(): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const libraries = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
  return existsSync(join(libraries, 'libonnxruntime_providers_cuda.so'));
}
