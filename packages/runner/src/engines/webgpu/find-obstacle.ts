import { type VisibleGpu, withoutGpu } from '../engine.js';

/** Why WebGPU is not to be used here; null where it is. */
export function findWebgpuObstacle(gpu: VisibleGpu | null): string | null {
  if (!gpu) return withoutGpu;
  if (!gpu.adapter) return 'no Vulkan driver shows the GPU';
  if (gpu.adapter.isSoftware && !gpu.softwareWanted) {
    return `${gpu.adapter.name} is software, and slower than the processor by itself`;
  }
  return null;
}
