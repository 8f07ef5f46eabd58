import type { Mount } from '../sandbox/sandbox.js';

/** One GPU of this machine, and all that a sandbox must show for its driver to work. */
export interface Gpu {
  /** Tells it from the others of its machine, and names it in `HOLDOUT_GPUS`: `nvidia0`, `renderD128`, `software`. */
  readonly id: string;
  /** As its driver calls it; null where that only tells who uses it. */
  readonly name: string | null;
  /** NVIDIA's own number for it. */
  readonly uuid: string | null;
  /** Its device files, and those that all GPUs of its maker share. */
  readonly files: readonly string[];
  /** What its driver reads of the kernel, each at its own path. */
  readonly systemFolders: readonly string[];
  /** Whose lock says that an evaluation uses it; shared by all workers of the machine. */
  readonly lockFile: string;
  /** By which a GPU that is only software is found; empty for all others. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it is only a program: for tests, and to try an installation out. */
  readonly isSoftware: boolean;
}

/** The folders as a sandbox shows them. */
export function listGpuMounts(gpu: Gpu | null): Mount[] {
  return (gpu?.systemFolders ?? []).map((folder) => ({ source: folder, target: folder }));
}
