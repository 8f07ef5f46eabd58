import { createBubblewrapSandbox } from './bubblewrap/create-bubblewrap-sandbox.js';
import { createUnprotectedRunner } from './none/create-unprotected-runner.js';
import type { Sandbox, SandboxKind } from './sandbox.js';

interface SandboxOptions {
  readonly kind: SandboxKind;
  /** Whether limits may be kept by control groups, where this machine lets us make them. */
  readonly controlGroups?: boolean;
}

/** The sandbox of a kind; whether it works on this machine, `demandSandbox` tells. */
export async function createSandbox({ kind, controlGroups = true }: SandboxOptions): Promise<Sandbox> {
  if (kind === 'bubblewrap') return createBubblewrapSandbox({ controlGroups });
  return createUnprotectedRunner();
}
