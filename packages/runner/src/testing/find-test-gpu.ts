import { chooseGpus } from '../gpus/choose-gpus.js';
import type { Gpu } from '../gpus/gpu.js';

/**
 * The GPU that tests of a GPU run on: the one that `HOLDOUT_TEST_GPU` names, such as `nvidia0`, and a program that plays one
 * where it names none. What is different is the driver.
 */
export function findTestGpu(): Gpu {
  const [gpu] = chooseGpus(process.env.HOLDOUT_TEST_GPU ?? 'software');
  if (!gpu) throw new Error('HOLDOUT_TEST_GPU names no GPU, expected one, such as nvidia0 or software.');
  return gpu;
}
