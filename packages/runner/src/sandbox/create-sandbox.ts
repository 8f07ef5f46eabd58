import { createBubblewrapSandbox } from './bubblewrap/create-bubblewrap-sandbox.js';
import { createUnprotectedRunner } from './none/create-unprotected-runner.js';
import type { Sandbox, SandboxKind } from './sandbox.js';

export interface SandboxOptions {
  readonly kind: SandboxKind;
}

export async function createSandbox({ kind }: SandboxOptions): Promise<Sandbox> {
  if (kind === 'bubblewrap') return createBubblewrapSandbox();
  return createUnprotectedRunner();
}
