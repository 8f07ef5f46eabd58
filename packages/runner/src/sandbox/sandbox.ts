import type { Readable, Writable } from 'node:stream';
import type { RunLimits } from '@holdout/contracts';
import type { Gpu } from '../gpus/gpu.js';

/**
 * What a bundle is run inside. Each kind gives a program the same surroundings, and a behaviour suite holds them to it:
 * an unprivileged user without capabilities; pid, mount, network, ipc, uts and user namespaces of its own; no network at
 * all; a seccomp filter; a read-only system; one writable folder, `/work`, in which it starts; an environment with nothing
 * but `PATH`, `HOME`, `TMPDIR`, `LANG` and `PYTHONUNBUFFERED` (and where a GPU is that is only software), so that nothing of a team reaches what runs before its program. However it ends, nothing of it stays behind, neither a process nor a file.
 */
export interface Sandbox {
  readonly kind: SandboxKind;
  /** What stops a program that uses too much memory, processes or CPU time: `cgroup v2`, `cgroup v1`, `rlimits`, … */
  readonly enforcedBy: string;
  /** What a program without an image of its own finds around it: `Debian GNU/Linux 12 (bookworm)`, or an image. */
  readonly system: string;
  /** Whether a program may be started ahead of its bundle, and wait. */
  readonly mayWait: boolean;
  /** Returns at once; that it could not be started is told by `ended`. */
  start(program: SandboxedProgram): SandboxedProcess;
  /** Removes what killed workers of this machine left behind. */
  removeAbandoned(): Promise<void>;
}

/** `none` is no sandbox: for development, where it is asked for by name, and never for a team's own program. */
export const sandboxKinds = ['bubblewrap', 'container', 'none'] as const;
export type SandboxKind = (typeof sandboxKinds)[number];

/** Where a program starts, and the only folder that it may write to. */
export const workFolder = '/work';

export interface SandboxedProgram {
  /** The program and its arguments, as it sees them; no shell reads them. */
  readonly argv: readonly string[];
  /** Shown to it read-only. Files that appear in a folder later are seen as well. */
  readonly mounts: readonly Mount[];
  /** The time limit is for the caller to keep. */
  readonly limits: RunLimits;
  /** The one that it sees; its caller has taken it. */
  readonly gpu: Gpu | null;
  /** The container image that it wants, with its digest; null for the system that the sandbox has. */
  readonly image: string | null;
}

export interface Mount {
  /** A file or folder of this machine. */
  readonly source: string;
  /** An absolute path inside. */
  readonly target: string;
}

export interface SandboxedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Ends all of it at once; safe to repeat. */
  kill(): void;
  /** What it has used until now. */
  usage(): SandboxUsage;
  /**
   * When nothing of it is left.
   *
   * @throws HoldoutError `sandbox_unavailable` where it could not be started
   */
  readonly ended: Promise<SandboxEnd>;
}

export interface SandboxEnd {
  /** Of the program; null where a signal ended it. */
  readonly exitCode: number | null;
  /** `SIGSEGV`, …; null where it ended by itself. */
  readonly signal: string | null;
  /** Whether something that is no part of it ended it: `kill`, an operator, or a kernel without memory. */
  readonly killedFromOutside: boolean;
  /** Which limit was seen to be exceeded, by the kernel or by whoever watches; null where none was. */
  readonly exceeded: 'memory' | 'cpu' | 'processes' | null;
  readonly usage: SandboxUsage;
}

/** The most that was seen; 0 where this machine does not tell. */
export interface SandboxUsage {
  readonly peakMemoryBytes: number;
  readonly cpuSeconds: number;
  readonly peakProcesses: number;
}
