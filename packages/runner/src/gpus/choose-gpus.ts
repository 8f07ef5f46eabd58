import { tmpdir } from 'node:os';
import { findSoftwareGpu } from './find-software-gpu.js';
import type { Gpu } from './gpu.js';
import { listGpus } from './list-gpus.js';

/**
 * The GPUs that evaluations of this machine may be given.
 *
 * @param wanted - `all`, `none`, or the ids of some, with commas between them: `nvidia0,nvidia1`. `software` is one that is
 *   only a program, and is never among `all`
 * @param lockFolder - as `listGpus`
 * @throws Error that says which there are, where one of them is not
 */
export function chooseGpus(wanted: string, lockFolder = tmpdir(), root = '/'): Gpu[] {
  const words = wanted.split(',').map((word) => word.trim());
  const there = listGpus(lockFolder, root);
  if (words.length === 1 && words[0] === 'all') return there;
  if (words.length === 1 && words[0] === 'none') return [];
  return [...new Set(words)].map((id) => {
    const gpu = id === 'software' ? findSoftwareGpu(lockFolder) : there.find((each) => each.id === id);
    if (gpu) return gpu;
    const names = there.map((each) => each.id).join(', ') || 'no GPU';
    throw new Error(`HOLDOUT_GPUS names “${id}”, and this machine has ${names}. Say all, none, or some of these.`);
  });
}
