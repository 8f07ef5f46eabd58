import { afterAll } from 'vitest';
import { type FuzzTarget, openTarget } from './open-target.js';

interface UsedTarget {
  /** How much more memory an input may make it have; see `openTarget`. */
  readonly mostGrowthMebibytes: number;
}

/** Opens a target for the tests of a file, and closes it after all of them. */
export function useTarget(module: URL, { mostGrowthMebibytes }: UsedTarget): FuzzTarget {
  const target = openTarget({ module: module.href, mostGrowthBytes: mostGrowthMebibytes * 1024 ** 2 });
  afterAll(() => target.close());
  return target;
}
